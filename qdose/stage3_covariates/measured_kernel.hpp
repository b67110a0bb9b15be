// Kernels as a quantum computer delivers them: counts of shots through an imperfect circuit, made usable
// again.
#pragma once
#include <Eigen/Dense>
#include <cstdint>

#include "qdose/results/kernel.hpp"

namespace qdose {

/// How pairs are measured by compute-uncompute.
struct Hardware {
  double shots = 0;         ///< a pair; 0: exact probabilities
  double depolarising = 0;  ///< chance of losing the state in one pass through the map's circuit
  int qubits = 1;
  /// Chance that the state survives both passes.
  double survival() const { return (1 - depolarising) * (1 - depolarising); }
};

/// What would be measured for exact kernel values K and corrected: all-zero outcomes have the probability
/// s K + (1 - s) / 2^n, binomial counts are drawn, and the inverse of that line is unbiased. With `symmetric`
/// the lower triangle is a copy and the diagonal is known to be 1. Entry (i, j) draws from Stream(seed,
/// validation, i, j).
Eigen::MatrixXd measure(const Eigen::MatrixXd& exact, const Hardware& hardware, std::uint64_t seed,
                        bool symmetric);

/// The same correction for frequencies that a quantum computer delivered; the diagonal is set to 1.
Eigen::MatrixXd corrected(const Eigen::MatrixXd& frequency, const Hardware& hardware);

/// The penalty below which ridge regression on a measured n x n kernel fits the counting noise: twice the
/// standard deviation of an entry times sqrt(n), the spectral norm of such a noise matrix (Wigner's
/// semicircle). It replaces shifting the spectrum by its smallest eigenvalue, which depends on a single draw.
/// 0 for exact probabilities.
double ridge_floor(const Eigen::MatrixXd& measured, const Hardware& hardware);

/// How concentrated the off-diagonal values are, and the shots a pair whose counting error equals their
/// spread.
KernelConcentration concentration(const Eigen::MatrixXd& gram);

/// Dual ridge regression with an intercept: penalty by exact leave-one-out among 13 values from 1e-3 to 1e3,
/// none below `floor`.
struct DualRidge {
  Eigen::VectorXd coefficients;
  double offset = 0, lambda = 0;
  Eigen::VectorXd loo_residuals;
};
DualRidge train_dual(const Eigen::MatrixXd& gram, const Eigen::VectorXd& y, double floor);

}  // namespace qdose
