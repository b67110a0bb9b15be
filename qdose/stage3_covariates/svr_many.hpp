// Epsilon-SVR of several outputs at once: one factorisation serves all outputs and all iterations.
#pragma once
#include <Eigen/Dense>

#include "qdose/stage3_covariates/svr.hpp"

namespace qdose {

struct SvrManySettings {
  double C = 10, epsilon = 0.1;
  double gap = 1e-4;  ///< stop when (primal - dual objective) / primal is below this for every output
  int steps = 2000;
};

struct SvrManyModel {
  Eigen::MatrixXf coefficients;  ///< [r][outputs]
  Eigen::RowVectorXf offset;     ///< [outputs]
  Eigen::RowVectorXd objective;  ///< [outputs] 1/2 |w|^2 + C sum max(0, |y - f| - epsilon)
  Eigen::RowVectorXd gap;        ///< [outputs] relative duality gap
  int steps = 0;
  bool converged = false;
};

/// Minimises the primal objective for every column of `outputs` [n][q] on functions F [n][r] of the kernel K
/// = F F^T, by the alternating direction method of multipliers (Boyd et al. 2011) with over-relaxation and a
/// penalty that adapts to the residuals. The duality gap bounds how far the objective is from the optimum.
/// Single precision, sums in double where they decide.
SvrManyModel train_svr(const Eigen::MatrixXf& functions, const Eigen::MatrixXf& outputs,
                       const SvrManySettings& settings);

}  // namespace qdose
