// Small helpers for words: what the user may have meant, whether bytes are text, how to quote them in a
// message.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qdose {

/// Number of insertions, deletions, substitutions and swaps of neighbours between two words (optimal string
/// alignment), upper and lower case being the same.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The name most like `word`, or nothing when none is close enough (a third of the longer one's letters, at
/// least one).
std::optional<std::string> nearest_name(std::string_view word, std::span<const std::string> names);

/// "did you mean 'chains'?", or else "known: a, b, c".
std::string suggestion(std::string_view word, std::span<const std::string> names);

/// Position of the first byte that is no valid UTF-8 (RFC 3629: no surrogates, no overlong forms), or
/// nothing.
std::optional<std::size_t> invalid_utf8(std::string_view text);

/// Text between quotes for a message: control characters and invalid bytes as \xNN, long text cut.
std::string in_quotes(std::string_view text);

/// Without the blanks around it.
std::string_view trimmed(std::string_view text);

std::string upper_case(std::string_view text);  ///< ASCII letters only
std::string lower_case(std::string_view text);  ///< ASCII letters only

/// "a, b and c".
std::string listed(std::span<const std::string> words);

/// A JSON string, quotes included; `text` must be UTF-8.
std::string json_string(std::string_view text);

}  // namespace qdose
