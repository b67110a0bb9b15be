// How covariates enter a quantum state: every feature map is one file in feature_maps/ that builds a circuit.
#pragma once
#include <span>
#include <string_view>

#include "qdose/base/result.hpp"
#include "qdose/stage3_covariates/circuit.hpp"

namespace qdose {

/// What a map's circuit is made for. Inputs are angles in [0, bandwidth * pi].
struct MapShape {
  int features = 1;
  int layers = 2;         ///< repetitions, for the maps that repeat
  bool entangled = true;  ///< false: without the gates that join two qubits, the product-state control
};

struct FeatureMap {
  std::string_view name, title, source;
  int features = 0;  ///< exact number of inputs that the map is defined for; 0: any
  Circuit (*build)(const MapShape&) = nullptr;
};

/// All maps, the report's first.
std::span<const FeatureMap> feature_maps();

/// The circuit of the map `name`. Errors: no such map; a number of features that the map is not defined for.
Result<Circuit> build_feature_map(std::string_view name, const MapShape& shape);

}  // namespace qdose
