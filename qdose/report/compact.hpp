// Numbers as the page carries them: few digits, few points, so that a large trial still makes a small file.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace qdose {

/// A number rounded to `digits` significant digits; null when it is not finite.
nlohmann::json compact(double value, int digits = 4);
nlohmann::json compact(const std::vector<double>& values, int digits = 4);

/// Every k-th value with the smallest k that leaves at most `most` of them.
std::vector<double> thinned(const std::vector<double>& values, std::size_t most);

/// Positions of at most `most` of `count` items, evenly spread, ascending.
std::vector<std::size_t> spread(std::size_t count, std::size_t most);

/// JSON text that may stand inside a script element: no character of it can end that element.
std::string embeddable(const nlohmann::json& document);

}  // namespace qdose
