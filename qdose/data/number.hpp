// Numbers in cells, and what to tell somebody whose cell holds none.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace qdose {

/// True for an empty cell, '.', and NA.
bool is_missing(std::string_view text);

/// A finite number in the C locale's notation ("1.5", "+2e-3"), or nothing.
std::optional<double> to_number(std::string_view text);

/// What to try when `text` should have been a number.
std::string number_hint(std::string_view text);

}  // namespace qdose
