#include "qdose/data/number.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "qdose/base/text.hpp"

namespace qdose {
namespace {

/// The whole text as a double that may be infinite or no number.
std::optional<double> parse_double(std::string_view text) {
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [at, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc() || at != end) return {};
  return value;
}

}  // namespace

bool is_missing(std::string_view text) { return text.empty() || text == "." || upper_case(text) == "NA"; }

std::optional<double> to_number(std::string_view text) {
  const auto value = parse_double(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::string number_hint(std::string_view text) {
  const std::string upper = upper_case(text);
  const auto contains = [&](std::string_view part) { return upper.find(part) != std::string::npos; };
  if (parse_double(text)) return "write '.' where a value is missing";  // nan, inf
  if (contains("<") || contains("BLQ") || contains("BQL") || contains("LLOQ") || contains("BLOQ"))
    return "BLQ 1 with the limit in LLOQ (or in DV) says that it is below; MDV 1 and DV '.' leave it out";
  const bool has_digits = text.find_first_of("0123456789") != std::string_view::npos;
  if (has_digits && (contains("/") || std::ranges::count(text, '-') == 2))
    return "this looks like a date: give hours since the first dose, as 8.5";
  if (has_digits && contains(":"))
    return "this looks like a clock time: give hours since the first dose, as 8.5";
  if (std::ranges::count(text, ',') == 1) return "use a decimal point";
  return "write '.' where a value is missing";
}

}  // namespace qdose
