#include "qdose/report/compact.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

namespace qdose {

using nlohmann::json;

json compact(double value, int digits) {
  if (!std::isfinite(value)) return nullptr;
  const double rounded = std::strtod(fmt::format("{:.{}g}", value, digits).c_str(), nullptr);
  const bool whole = std::abs(rounded) < 1e15 && rounded == std::trunc(rounded);
  return whole ? json(static_cast<long long>(rounded)) : json(rounded);  // "24" rather than "24.0"
}

json compact(const std::vector<double>& values, int digits) {
  json out = json::array();
  for (const double value : values) out.push_back(compact(value, digits));
  return out;
}

std::vector<double> thinned(const std::vector<double>& values, std::size_t most) {
  if (most == 0) return {};
  const std::size_t step = (values.size() + most - 1) / most;
  std::vector<double> out;
  for (std::size_t i = 0; i < values.size(); i += step) out.push_back(values[i]);
  return out;
}

std::vector<std::size_t> spread(std::size_t count, std::size_t most) {
  const std::size_t kept = count < most ? count : most;
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < kept; ++i) positions.push_back(i * count / kept);
  return positions;
}

std::string embeddable(const json& document) {
  const std::string text = document.dump(-1, ' ', false, json::error_handler_t::replace);
  std::string out;
  out.reserve(text.size());
  for (const char c :
       text) {  // in JSON these three occur inside strings only, where an escape means the same
    if (c == '<')
      out += "\\u003c";
    else if (c == '>')
      out += "\\u003e";
    else if (c == '&')
      out += "\\u0026";
    else
      out += c;
  }
  return out;
}

}  // namespace qdose
