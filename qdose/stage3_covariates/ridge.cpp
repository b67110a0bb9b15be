#include "qdose/stage3_covariates/ridge.hpp"

#include <cmath>
#include <limits>
#include <utility>

#include "qdose/base/expects.hpp"

namespace qdose {

RidgePath::RidgePath(Eigen::MatrixXd trend, Eigen::MatrixXd functions, const Eigen::VectorXd& weights)
    : root_weight_(weights.cwiseSqrt()), functions_(root_weight_.asDiagonal() * functions) {
  expects(trend.rows() == weights.size() && functions.rows() == weights.size(), "one row a weight");
  trend_.setThreshold(1e-10);
  trend_.compute(root_weight_.asDiagonal() * trend);
  trend_basis_ = trend_.householderQ() * Eigen::MatrixXd::Identity(rows(), trend_.rank());

  // Singular values by the eigenvectors of the smaller Gram matrix; those that rounding made are dropped.
  const Eigen::MatrixXd beside = functions_ - trend_basis_ * (trend_basis_.transpose() * functions_);
  const bool tall = beside.rows() >= beside.cols();
  if (beside.cols() == 0) return;
  const Eigen::MatrixXd small =
      tall ? Eigen::MatrixXd(beside.transpose() * beside) : Eigen::MatrixXd(beside * beside.transpose());
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(small);
  const double least = 1e-12 * std::max(eigen.eigenvalues().maxCoeff(), 1e-300);
  const Eigen::Index kept = (eigen.eigenvalues().array() > least).count();  // ascending: the last ones
  singular_ = eigen.eigenvalues().tail(kept).cwiseSqrt();
  const Eigen::MatrixXd vectors = eigen.eigenvectors().rightCols(kept);
  const auto inverse = singular_.cwiseInverse().asDiagonal();
  right_ = tall ? vectors : Eigen::MatrixXd(beside.transpose() * vectors * inverse);
  left_ = tall ? Eigen::MatrixXd(beside * vectors * inverse) : vectors;
}

Eigen::VectorXd RidgePath::shrinkage(double lambda) const {
  return singular_.unaryExpr([lambda](double s) { return s * s / (s * s + lambda); });
}

Eigen::VectorXd RidgePath::residuals(const Eigen::VectorXd& y, double lambda) const {
  const Eigen::VectorXd weighted = root_weight_.cwiseProduct(y);
  Eigen::VectorXd left = weighted - trend_basis_ * (trend_basis_.transpose() * weighted);
  if (singular_.size() > 0) left -= left_ * shrinkage(lambda).cwiseProduct(left_.transpose() * weighted);
  return left.cwiseQuotient(root_weight_);
}

Eigen::VectorXd RidgePath::loo_residuals(const Eigen::VectorXd& y, double lambda) const {
  Eigen::VectorXd hat = trend_basis_.rowwise().squaredNorm();
  if (singular_.size() > 0) hat += left_.cwiseAbs2() * shrinkage(lambda);
  const Eigen::VectorXd left = residuals(y, lambda);
  return left.binaryExpr(hat, [](double residual, double h) {
    return 1 - h > 1e-10 ? residual / (1 - h) : std::numeric_limits<double>::infinity();
  });
}

double RidgePath::effective_parameters(double lambda) const {
  return static_cast<double>(trend_basis_.cols()) + (singular_.size() > 0 ? shrinkage(lambda).sum() : 0.0);
}

double RidgePath::log_likelihood(const Eigen::VectorXd& y, double lambda) const {
  // The covariance in weighted coordinates is sigma^2 (I + F F^T / lambda). For the generalised least-squares
  // trend, y - trend is that matrix times the ridge residual, and its determinant is that of I + F^T F /
  // lambda.
  const Eigen::Index n = rows(), r = functions_.cols();
  const Eigen::VectorXd left = root_weight_.cwiseProduct(residuals(y, lambda));
  const double quadratic = left.squaredNorm() + (functions_.transpose() * left).squaredNorm() / lambda;
  double log_determinant = 0;
  if (r > 0) {
    const Eigen::MatrixXd small =
        Eigen::MatrixXd::Identity(r, r) + functions_.transpose() * functions_ / lambda;
    log_determinant = 2 * small.llt().matrixLLT().diagonal().array().log().sum();
  }
  return -0.5 * (static_cast<double>(n) * std::log(quadratic / static_cast<double>(n)) + log_determinant);
}

RidgeCoefficients RidgePath::solve(const Eigen::VectorXd& y, double lambda) const {
  const Eigen::VectorXd weighted = root_weight_.cwiseProduct(y);
  RidgeCoefficients coefficients{{}, Eigen::VectorXd::Zero(functions_.cols())};
  if (singular_.size() > 0) {
    const Eigen::VectorXd factor = singular_.unaryExpr([lambda](double s) { return s / (s * s + lambda); });
    coefficients.functions = right_ * factor.cwiseProduct(left_.transpose() * weighted);
  }
  coefficients.trend = trend_.solve(weighted - functions_ * coefficients.functions);
  return coefficients;
}

}  // namespace qdose
