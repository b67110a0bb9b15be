// Weighted ridge regression with an unpenalised trend, for all penalties from one decomposition.
#pragma once
#include <Eigen/Dense>

namespace qdose {

/// Coefficients that minimise sum_i w_i (y_i - t_i b - f_i c)^2 + lambda |c|^2.
struct RidgeCoefficients {
  Eigen::VectorXd trend, functions;
};

/// Everything about one set of rows that does not depend on targets or penalty. Kernel ridge regression with
/// kernel F F^T and Gaussian-process regression with noise variance lambda / w are both this problem.
class RidgePath {
 public:
  /// `trend` [n][p], `functions` [n][r] (r may be 0), `weights` [n] positive. Dependent trend columns are
  /// allowed.
  RidgePath(Eigen::MatrixXd trend, Eigen::MatrixXd functions, const Eigen::VectorXd& weights);

  Eigen::Index rows() const { return root_weight_.size(); }

  /// Exact leave-one-out residuals y_i - prediction of i without i, [n]: r_i / (1 - h_i) with the hat
  /// matrix's diagonal (Wahba 1990, section 4.2). A row that alone determines a coefficient (h_i = 1) gets an
  /// infinite residual.
  Eigen::VectorXd loo_residuals(const Eigen::VectorXd& y, double lambda) const;

  /// In-sample residuals, [n].
  Eigen::VectorXd residuals(const Eigen::VectorXd& y, double lambda) const;

  /// Trace of the hat matrix.
  double effective_parameters(double lambda) const;

  /// Log marginal likelihood of the Gaussian process, trend coefficients and scale at their maximum, up to a
  /// constant that is the same for all kernels and trends on the same rows and weights.
  double log_likelihood(const Eigen::VectorXd& y, double lambda) const;

  RidgeCoefficients solve(const Eigen::VectorXd& y, double lambda) const;

 private:
  Eigen::VectorXd shrinkage(double lambda) const;  ///< s^2 / (s^2 + lambda), [r]

  Eigen::VectorXd root_weight_;
  Eigen::MatrixXd functions_;                          ///< weighted, [n][r]
  Eigen::ColPivHouseholderQR<Eigen::MatrixXd> trend_;  ///< of the weighted trend
  Eigen::MatrixXd trend_basis_;                        ///< orthonormal columns that span it
  Eigen::MatrixXd left_;      ///< left singular vectors of the functions beside the trend
  Eigen::MatrixXd right_;     ///< right singular vectors
  Eigen::VectorXd singular_;  ///< singular values
};

}  // namespace qdose
