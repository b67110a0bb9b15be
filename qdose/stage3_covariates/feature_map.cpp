#include "qdose/stage3_covariates/feature_map.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "qdose/stage3_covariates/feature_maps/iqp.hpp"
#include "qdose/stage3_covariates/feature_maps/pauli.hpp"
#include "qdose/stage3_covariates/feature_maps/report.hpp"
#include "qdose/stage3_covariates/feature_maps/reupload.hpp"
#include "qdose/stage3_covariates/feature_maps/ry.hpp"
#include "qdose/stage3_covariates/feature_maps/zz.hpp"

namespace qdose {

std::vector<std::pair<int, int>> pairs(Pattern pattern, int qubits) {
  std::vector<std::pair<int, int>> all;
  for (int i = 0; i < qubits; ++i)
    for (int j = i + 1; j < (pattern == Pattern::full ? qubits : std::min(qubits, i + 2)); ++j)
      all.emplace_back(i, j);
  if (pattern == Pattern::ring && qubits > 2) all.emplace_back(qubits - 1, 0);
  return all;
}

Result<Pattern> parse_pattern(std::string_view word) {
  if (word == "usual") return Pattern::usual;
  if (word == "full") return Pattern::full;
  if (word == "linear") return Pattern::linear;
  if (word == "ring") return Pattern::ring;
  return Error{Fault::bad_usage, fmt::format("{} is no pattern of entanglement", word), "entanglement",
               "usual, full, linear or ring"};
}

std::span<const FeatureMap> feature_maps() {
  static constexpr std::array all{maps::report, maps::zz, maps::iqp, maps::ry, maps::pauli, maps::reupload};
  return all;
}

Result<Circuit> build_feature_map(std::string_view name, const MapShape& shape) {
  std::vector<std::string_view> names;
  for (const FeatureMap& map : feature_maps()) {
    names.push_back(map.name);
    if (map.name != name) continue;
    if (map.features != 0 && map.features != shape.features)
      return Error{
          Fault::bad_usage,
          fmt::format("feature map {} takes {} inputs, there are {}", name, map.features, shape.features),
          "map", "zz, iqp, ry, pauli and reupload take any number"};
    if (!maps::pauli_words(shape.paulis))
      return Error{Fault::bad_usage, fmt::format("{} is no list of Pauli words", shape.paulis), "paulis",
                   "words of one or two letters X, Y, Z, for example Z,YY"};
    return map.build(shape);
  }
  return Error{Fault::bad_usage, fmt::format("no feature map is called {}", name), "map",
               fmt::format("known maps: {}", fmt::join(names, ", "))};
}

}  // namespace qdose
