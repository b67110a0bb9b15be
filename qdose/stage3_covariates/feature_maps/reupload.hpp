// Data re-uploading: the inputs enter every layer again, so that L layers reach L times the frequency.
#pragma once
#include "qdose/stage3_covariates/feature_map.hpp"

namespace qdose::maps {

/// Each layer: RY(x_i), RZ(x_i), then CZ on pairs (usually a ring).
inline Circuit build_reupload(const MapShape& shape) {
  const int n = shape.features;
  Circuit circuit{.qubits = n, .features = n, .operations = {}};
  for (int layer = 0; layer < shape.layers; ++layer) {
    for (int q = 0; q < n; ++q) circuit.add(gate("ry"), q, Angle::input(q));
    for (int q = 0; q < n; ++q) circuit.add(gate("rz"), q, Angle::input(q));
    if (!shape.entangled) continue;
    for (const auto& [i, j] : pairs(shape.pattern_or(Pattern::ring), n)) circuit.add(gate("cz"), i, j);
  }
  return circuit;
}

inline constexpr FeatureMap reupload{"reupload", "data re-uploading: RY(x), RZ(x), CZ ring, repeated",
                                     "Perez-Salinas et al. 2020; Schuld, Sweke and Meyer 2021", 0,
                                     build_reupload};

}  // namespace qdose::maps
