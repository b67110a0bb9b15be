// The reference report's circuit: one rotation a qubit and one controlled phase. Its Gram matrix spans so few
// functions that R2 cannot pass 0.161 on the report's own cohort.
#pragma once
#include <numbers>

#include "qdose/stage3_covariates/feature_map.hpp"

namespace qdose::maps {

inline Circuit build_report(const MapShape& shape) {
  Circuit circuit{.qubits = 2, .features = 2, .operations = {}};
  for (int q : {0, 1}) circuit.add(gate("h"), q);
  for (int q : {0, 1}) circuit.add(gate("rz"), q, Angle::input(q));
  if (shape.entangled) {
    circuit.add(gate("cx"), 0, 1);
    circuit.add(gate("rz"), 1, Angle::product(0, 1, 1, std::numbers::pi));
  }
  return circuit;
}

inline constexpr FeatureMap report{"report", "H, RZ(x), CNOT, RZ((pi-x0)(pi-x1)) on two qubits",
                                   "the reference report, section 3.1", 2, build_report};

}  // namespace qdose::maps
