// Instantaneous quantum polynomial circuit: as zz, but with products x_i x_j, so that small inputs give small
// phases.
#pragma once
#include "qdose/stage3_covariates/feature_map.hpp"

namespace qdose::maps {

inline Circuit build_iqp(const MapShape& shape) {
  Circuit circuit{.qubits = shape.features, .features = shape.features, .operations = {}};
  for (int layer = 0; layer < shape.layers; ++layer) {
    for (int q = 0; q < shape.features; ++q) circuit.add(gate("h"), q);
    for (int q = 0; q < shape.features; ++q) circuit.add(gate("rz"), q, Angle::input(q));
    if (!shape.entangled) continue;
    for (const auto& [i, j] : pairs(shape.pattern_or(Pattern::full), shape.features))
      circuit.add(gate("rzz"), i, j, Angle::product(i, j));
  }
  return circuit;
}

inline constexpr FeatureMap iqp{"iqp", "IQP embedding: H, RZ(x), RZZ(xy) on pairs, repeated",
                                "Shepherd and Bremner 2009; PennyLane IQPEmbedding", 0, build_iqp};

}  // namespace qdose::maps
