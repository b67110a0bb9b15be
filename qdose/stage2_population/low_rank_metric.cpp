#include "qdose/stage2_population/low_rank_metric.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>

#include "qdose/base/expects.hpp"

namespace qdose {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Symmetric a to a power by its eigenvalues, which are positive.
MatrixXd power(const MatrixXd& a, double exponent) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(a);
  const VectorXd values = solver.eigenvalues().cwiseMax(1e-12).array().pow(exponent);
  return (solver.eigenvectors() * values.asDiagonal()).lazyProduct(solver.eigenvectors().transpose());
}

/// The matrix s with s b s = a, both positive: the geometric mean of a and the inverse of b.
MatrixXd between(const MatrixXd& a, const MatrixXd& b) {
  const MatrixXd root = power(b, 0.5), inverse_root = power(b, -0.5);
  const MatrixXd middle = power(root.lazyProduct(a).lazyProduct(root), 0.5);
  return inverse_root.lazyProduct(middle).lazyProduct(inverse_root);
}

/// Evenly spaced columns, at most `most`.
MatrixXd some_columns(const MatrixXd& a, Index most) {
  const Index count = std::min(a.cols(), most);
  MatrixXd some(a.rows(), count);
  for (Index k = 0; k < count; ++k) some.col(k) = a.col((2 * k + 1) * a.cols() / (2 * count));
  return some;
}

/// Orthonormal columns that span all of a small space, else some of the columns of both matrices.
MatrixXd basis_of(const MatrixXd& x, const MatrixXd& g) {
  constexpr Index most = 64;
  if (x.rows() <= 2 * most) return MatrixXd::Identity(x.rows(), x.rows());
  MatrixXd both(x.rows(), 2 * std::min(x.cols(), most));
  both << some_columns(x, most), some_columns(g, most);
  Eigen::ColPivHouseholderQR<MatrixXd> qr(both);
  return qr.householderQ() * MatrixXd::Identity(x.rows(), qr.rank());
}

/// Second moments within the basis; the small addition makes both sides equal where nothing is known.
MatrixXd moments(const MatrixXd& basis, const MatrixXd& deviations) {
  constexpr double unknown = 1e-5;
  const MatrixXd inside = basis.transpose().lazyProduct(deviations);
  MatrixXd sum = inside.lazyProduct(inside.transpose()) / static_cast<double>(deviations.cols());
  sum.diagonal().array() += unknown;
  return sum;
}

}  // namespace

LowRankMetric::LowRankMetric(VectorXd center, VectorXd scale, MatrixXd directions, VectorXd stretch)
    : center_(std::move(center)),
      scale_(std::move(scale)),
      directions_(std::move(directions)),
      stretch_(std::move(stretch)) {
  expects((scale_.array() > 0).all() && (stretch_.array() > 0).all(), "positive scales of a metric");
}

void LowRankMetric::to_position(const VectorXd& white, VectorXd& position) const {
  const VectorXd along = directions_.transpose() * white;
  position = white;
  position.noalias() += directions_ * ((stretch_.array() - 1) * along.array()).matrix();
  position = center_ + scale_.cwiseProduct(position);
}

void LowRankMetric::to_white(const VectorXd& position, VectorXd& white) const {
  white = (position - center_).cwiseQuotient(scale_);
  const VectorXd along = directions_.transpose() * white;
  white.noalias() += directions_ * ((1 / stretch_.array() - 1) * along.array()).matrix();
}

void LowRankMetric::pull_gradient(const VectorXd& gradient, VectorXd& white) const {
  white = scale_.cwiseProduct(gradient);
  const VectorXd along = directions_.transpose() * white;
  white.noalias() += directions_ * ((stretch_.array() - 1) * along.array()).matrix();
}

std::shared_ptr<const Metric> low_rank_metric(const std::vector<VectorXd>& draws,
                                              const std::vector<VectorXd>& scores,
                                              const std::vector<std::size_t>& chain) {
  constexpr double worth_it = 2;
  const auto diagonal = diagonal_metric(draws, scores, chain);
  const MetricRecipe recipe = diagonal->recipe();
  const MatrixXd x = recipe.scale.cwiseInverse().asDiagonal() * deviations_within(draws, chain),
                 g = recipe.scale.asDiagonal() * deviations_within(scores, chain);
  const MatrixXd basis = basis_of(x, g);
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(between(moments(basis, x), moments(basis, g)));
  const VectorXd& variance = solver.eigenvalues();
  std::vector<Index> kept;
  for (Index i = 0; i < variance.size(); ++i)
    if (variance[i] > worth_it || (variance[i] > 0 && variance[i] < 1 / worth_it)) kept.push_back(i);
  if (kept.empty() || !variance.allFinite()) return diagonal;
  MatrixXd directions(x.rows(), static_cast<Index>(kept.size()));
  VectorXd stretch(directions.cols());
  for (Index k = 0; k < directions.cols(); ++k) {
    const Index i = kept[static_cast<std::size_t>(k)];
    directions.col(k) = basis.lazyProduct(solver.eigenvectors().col(i));
    stretch[k] = std::sqrt(variance[i]);
  }
  return std::make_shared<LowRankMetric>(recipe.center, recipe.scale, std::move(directions),
                                         std::move(stretch));
}

}  // namespace qdose
