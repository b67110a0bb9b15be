// Support vector regression with a precomputed kernel: what the report used, kept for comparison.
#pragma once
#include <Eigen/Dense>

namespace qdose {

struct SvrSettings {
  double C = 10, epsilon = 0.1;
  double tolerance = 1e-4;  ///< largest violation of the optimality conditions
  long steps = 1000000;
};

struct SvrModel {
  Eigen::VectorXd coefficients;  ///< [n] in [-C, C], their sum is 0
  double offset = 0;
  bool converged = false;
};

/// Minimises 1/2 b^T K b - y^T b + epsilon |b|_1 over |b_i| <= C with sum b = 0, the dual of epsilon-SVR with
/// an offset, by exact steps on the pair that violates optimality most (Platt 1999; Keerthi et al. 2001).
/// Predictions are K(x, training) b + offset.
SvrModel train_svr(const Eigen::MatrixXd& gram, const Eigen::VectorXd& y, const SvrSettings& settings = {});

}  // namespace qdose
