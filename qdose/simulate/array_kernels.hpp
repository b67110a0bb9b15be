// Loops over arrays of lanes that are all exponentials or divisions, as tables of functions chosen like those
// of the model classes.
#pragma once
#include <cstddef>

#include "qdose/num/lane_address.hpp"
#include "qdose/simulate/kernels.hpp"

namespace qdose {

/// Values at each prediction: `count` of them (0: none) in a lane, their mean and sum of squared deviations
/// from it. All arrays have `size` rows.
struct GroupedValues {
  std::size_t size = 0;
  const Lanes *count = nullptr, *mean = nullptr, *spread = nullptr;
  bool repeated = false;  ///< some count is above 1
};

/// Log likelihood of grouped values and its derivatives, summed over lanes.
struct NormalLikelihood {
  double log_likelihood = 0;
  double log_proportional = 0, log_additive = 0;  ///< derivatives by the logarithms of the two parts
};

/// A curve of eight lanes and where its values with errors go: value (1 + proportional z1) + additive z2, not
/// below 0.
struct NoisyCurve {
  const Lanes* exact;
  Lanes* noisy;
  Lanes proportional, additive;
};

struct array_kernels_t {
  /// y_i = exp(x_i); x and y may be the same array.
  void (*exponentials)(const Lanes* x, std::size_t count, Lanes* y);
  /// Values normal around f with variance (proportional f)^2 + additive^2; writes the derivative by f to
  /// `adjoint` [size]. Not finite when an f is not.
  NormalLikelihood (*normal_likelihood)(const GroupedValues&, double proportional, double additive,
                                        const Lanes* f, Lanes* adjoint);
  /// Errors of `count` values of each curve, time by time and at each time curve by curve.
  void (*add_errors)(const LaneAddress&, const NoisyCurve* curves, std::size_t curve_count,
                     std::size_t count);
};

/// The table for this machine's instruction set.
const array_kernels_t& array_kernels();

}  // namespace qdose
