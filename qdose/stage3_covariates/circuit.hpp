// A circuit as data: which gates act on which qubits, with angles that depend on the input features.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "qdose/stage3_covariates/gate.hpp"

namespace qdose {

/// The angle of a gate as an expression of the inputs: constant + scale * (x[first] - shift) * (x[second] -
/// shift), where an index of -1 leaves its factor out.
struct Angle {
  double constant = 0, scale = 0;
  int first = -1, second = -1;
  double shift = 0;

  static Angle fixed(double value) { return {.constant = value}; }
  static Angle input(int feature, double scale = 1) { return {.scale = scale, .first = feature}; }
  static Angle product(int first, int second, double scale = 1, double shift = 0) {
    return {.scale = scale, .first = first, .second = second, .shift = shift};
  }

  double at(std::span<const double> inputs) const {
    double value = scale;
    for (const int feature : {first, second})
      if (feature >= 0) value *= inputs[static_cast<std::size_t>(feature)] - shift;
    return constant + value;
  }
  bool operator==(const Angle&) const = default;
};

struct Operation {
  const Gate* gate = nullptr;
  int control = -1;  ///< -1 for gates of one qubit
  int target = 0;
  Angle angle;
};

/// Gates in order of time on `qubits` qubits that start as |0...0>. Qubit 0 is the lowest bit of a basis
/// state's index.
struct Circuit {
  int qubits = 0;
  int features = 0;  ///< inputs that the angles may use
  std::vector<Operation> operations;

  void add(const Gate* gate, int target, Angle angle = {}) {
    operations.push_back({gate, -1, target, angle});
  }
  void add(const Gate* gate, int control, int target, Angle angle = {}) {
    operations.push_back({gate, control, target, angle});
  }
};

}  // namespace qdose
