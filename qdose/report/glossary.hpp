// The report's words for newcomers: every term links to its explanation, which a script shows as a tooltip.
#pragma once
#include <string>
#include <string_view>

namespace qdose {

/// A link to the explanation of `key` that reads `shown` (the term itself when empty). `key` must be in the
/// glossary.
std::string term(std::string_view key, std::string_view shown = {});

/// All explanations as a definition list.
std::string glossary();

}  // namespace qdose
