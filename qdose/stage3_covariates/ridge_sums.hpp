// Ridge regression of several outputs from sums over people: memory does not grow with their number.
#pragma once
#include <Eigen/Dense>

namespace qdose {

/// Sums of products of the rows [1, functions, outputs]; the intercept is not penalised.
class RidgeSums {
 public:
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

  RidgeSums() = default;
  RidgeSums(Eigen::Index functions, Eigen::Index outputs);

  /// Adds people: functions [n][r], outputs [n][m].
  void add(const Eigen::MatrixXd& functions, const Eigen::MatrixXd& outputs);
  void add(const RidgeSums& other) { sums_ += other.sums_; }

  double people() const { return sums_(0, 0); }

  struct Fit {
    Eigen::MatrixXd coefficients;        ///< [r][m]
    Eigen::RowVectorXd offset;           ///< [m]
    Eigen::RowVectorXd residual_square;  ///< [m] sum over people, in sample
    double effective_parameters = 0;     ///< intercept included
  };
  /// Minimises sum (y - offset - f c)^2 + lambda |c|^2 for every output; the penalty of the first `free`
  /// functions is 0. Error of the coefficients: that of normal equations, condition number times 1e-16.
  Fit solve(double lambda, Eigen::Index free = 0) const;

 private:
  Eigen::Index functions_ = 0, outputs_ = 0;
  RowMajor sums_;  ///< [1 + r + m] square, both triangles
};

}  // namespace qdose
