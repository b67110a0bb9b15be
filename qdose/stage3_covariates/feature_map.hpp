// How covariates enter a quantum state: every feature map is one file in feature_maps/ that builds a circuit.
#pragma once
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "qdose/base/result.hpp"
#include "qdose/stage3_covariates/circuit.hpp"

namespace qdose {

/// Which pairs of qubits are joined: every pair, neighbours, neighbours and the ends; `usual` is the map's
/// own.
enum class Pattern { usual, full, linear, ring };

/// Pairs i < j (a ring's last one: n-1, 0) in the order in which gates are applied.
std::vector<std::pair<int, int>> pairs(Pattern pattern, int qubits);

/// What a map's circuit is made for. Inputs are angles in [0, bandwidth * pi].
struct MapShape {
  int features = 1;
  int layers = 2;         ///< repetitions, for the maps that repeat
  bool entangled = true;  ///< false: without the gates that join two qubits, the product-state control
  Pattern pattern = Pattern::usual;
  std::string_view paulis = "Z,YY";  ///< of the map `pauli`: words of one or two letters X, Y, Z

  Pattern pattern_or(Pattern own) const { return pattern == Pattern::usual ? own : pattern; }
};

struct FeatureMap {
  std::string_view name, title, source;
  int features = 0;  ///< exact number of inputs that the map is defined for; 0: any
  Circuit (*build)(const MapShape&) = nullptr;
};

/// All maps, the report's first.
std::span<const FeatureMap> feature_maps();

/// "usual", "full", "linear" or "ring". Errors: another word.
Result<Pattern> parse_pattern(std::string_view word);

/// The circuit of the map `name`. Errors: no such map; a number of features that the map is not defined for;
/// Pauli words that are none.
Result<Circuit> build_feature_map(std::string_view name, const MapShape& shape);

}  // namespace qdose
