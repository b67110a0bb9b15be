// Kernel ridge regression on many people and many qubits: functions of a few thousand landmarks instead of
// all pairs.
#pragma once
#include <Eigen/Dense>
#include <span>
#include <vector>

#include "qdose/stage3_covariates/packed_states.hpp"
#include "qdose/stage3_covariates/statevector.hpp"

namespace qdose {

struct NystromSettings {
  double lambda = 1;
  int threads = 1;
};

struct NystromSeconds {
  double states = 0, gram = 0, sums = 0, solve = 0;
};

/// The kernel k(x, landmark) in single precision, block by block: never more than a few thousand rows in
/// memory.
class NystromKernel {
 public:
  /// `landmarks` row-major [m][features], angles.
  NystromKernel(const Circuit& circuit, std::span<const double> landmarks);

  std::size_t landmarks() const { return packed_.count(); }
  std::span<const double> landmark_inputs() const { return landmarks_; }
  /// Rows of `out` have this many floats: the landmarks and a few zeros.
  std::size_t stride() const { return packed_.panels() * overlap::panel; }
  /// Memory for `rows` rows of kernel values.
  AlignedFloats buffer(std::size_t rows) const;
  /// out[i][j] = k(x_i, landmark_j) for `count` rows of inputs; adds the time to `seconds`.
  void values(std::span<const double> inputs, std::size_t count, float* out, NystromSeconds& seconds) const;

 private:
  Circuit circuit_;
  std::vector<double> landmarks_;
  PackedStates packed_;
};

struct NystromFit {
  Eigen::MatrixXd coefficients;  ///< [m][outputs]
  Eigen::RowVectorXd offset;     ///< [outputs] the outputs' means
  NystromSeconds seconds;        ///< processor time, summed over threads
};

/// Landmarks that suffice for n people: sqrt(n) log n (Rudi, Camoriano and Rosasco 2015), at most 1000: more
/// cost time with the square of their number.
std::size_t enough_landmarks(std::size_t people);

/// Minimises |y - offset - K_nm b|^2 + lambda b^T K_mm b. `inputs` row-major [n][features] (angles), outputs
/// [n][q]. Kernel values are single precision (1e-6), sums over people double. Memory: 20 m^2 bytes and about
/// 2 MB per 100 landmarks a thread. The result does not depend on `threads`.
NystromFit fit_nystrom(const NystromKernel& kernel, std::span<const double> inputs,
                       const Eigen::MatrixXd& outputs, const NystromSettings& settings);

/// Functions F [n][m] with F F^T = K_nm K_mm^-1 K_mn, the kernel that the landmarks know, for other
/// regressions.
Eigen::MatrixXf nystrom_functions(const NystromKernel& kernel, std::span<const double> inputs,
                                  std::size_t count);

/// Predictions [n][outputs].
Eigen::MatrixXd predict_nystrom(const NystromKernel& kernel, const NystromFit& fit,
                                std::span<const double> inputs, std::size_t count, int threads = 1);

}  // namespace qdose
