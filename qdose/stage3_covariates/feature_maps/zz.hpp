// The second-order Pauli-Z evolution that most quantum-kernel papers start from.
#pragma once
#include <numbers>

#include "qdose/stage3_covariates/feature_map.hpp"

namespace qdose::maps {

/// Each layer: H, P(2 x_i), and P(2 (pi - x_i)(pi - x_j)) on the parity of every pair.
inline Circuit build_zz(const MapShape& shape) {
  Circuit circuit{.qubits = shape.features, .features = shape.features, .operations = {}};
  for (int layer = 0; layer < shape.layers; ++layer) {
    for (int q = 0; q < shape.features; ++q) circuit.add(gate("h"), q);
    for (int q = 0; q < shape.features; ++q) circuit.add(gate("p"), q, Angle::input(q, 2));
    if (!shape.entangled) continue;
    for (const auto& [i, j] : pairs(shape.pattern_or(Pattern::full), shape.features)) {
      circuit.add(gate("cx"), i, j);
      circuit.add(gate("p"), j, Angle::product(i, j, 2, std::numbers::pi));
      circuit.add(gate("cx"), i, j);
    }
  }
  return circuit;
}

inline constexpr FeatureMap zz{"zz", "ZZ feature map: H, P(2x), P(2(pi-x)(pi-y)) on pairs, repeated",
                               "Havlicek et al. 2019; Qiskit ZZFeatureMap", 0, build_zz};

}  // namespace qdose::maps
