// Angle encoding, a product state: its kernel is the product of cos^2((x_i - y_i) / 2) and needs no quantum
// computer.
#pragma once
#include "qdose/stage3_covariates/feature_map.hpp"

namespace qdose::maps {

inline Circuit build_ry(const MapShape& shape) {
  Circuit circuit{.qubits = shape.features, .features = shape.features, .operations = {}};
  for (int q = 0; q < shape.features; ++q) circuit.add(gate("ry"), q, Angle::input(q));
  return circuit;
}

inline constexpr FeatureMap ry{"ry", "angle encoding: RY(x)", "Schuld and Killoran 2019", 0, build_ry};

}  // namespace qdose::maps
