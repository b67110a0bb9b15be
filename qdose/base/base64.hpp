// Bytes as text that fits into JSON and HTML (RFC 4648, the standard alphabet, padded).
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qdose {

/// Four characters for every three bytes.
std::string to_base64(std::span<const std::uint8_t> bytes);

/// The bytes again; nothing when `text` is no base64.
std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text);

}  // namespace qdose
