#include "qdose/stage2_population/metric.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "qdose/base/expects.hpp"
#include "qdose/stage2_population/low_rank_metric.hpp"

namespace qdose {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// The nearest usable matrix: eigenvalues of the unit-diagonal form by absolute value, at least `floor`.
MatrixXd made_positive(const MatrixXd& a, double floor) {
  const VectorXd scale = a.diagonal().cwiseAbs().cwiseMax(1e-6).cwiseSqrt();
  const MatrixXd unit = scale.cwiseInverse().asDiagonal() * a * scale.cwiseInverse().asDiagonal();
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(unit);
  const VectorXd values = solver.eigenvalues().cwiseAbs().cwiseMax(floor);
  const MatrixXd repaired =
      (solver.eigenvectors() * values.asDiagonal()).lazyProduct(solver.eigenvectors().transpose());
  return scale.asDiagonal() * repaired * scale.asDiagonal();
}

MatrixXd lower_factor(const MatrixXd& a) { return Eigen::LLT<MatrixXd>(a).matrixL(); }

MatrixXd inverse_of_lower(const MatrixXd& lower) {
  return lower.triangularView<Eigen::Lower>().solve(MatrixXd::Identity(lower.rows(), lower.cols()));
}

}  // namespace

MatrixXd deviations_within(const std::vector<VectorXd>& values, const std::vector<std::size_t>& chain) {
  const std::size_t chains = 1 + *std::max_element(chain.begin(), chain.end());
  std::vector<VectorXd> mean(chains, VectorXd::Zero(values.front().size()));
  std::vector<double> count(chains, 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    mean[chain[i]] += values[i];
    count[chain[i]] += 1;
  }
  for (std::size_t c = 0; c < chains; ++c) mean[c] /= std::max(count[c], 1.0);
  MatrixXd deviations(values.front().size(), static_cast<Index>(values.size()));
  for (std::size_t i = 0; i < values.size(); ++i)
    deviations.col(static_cast<Index>(i)) = values[i] - mean[chain[i]];
  return deviations;
}

DiagonalMetric::DiagonalMetric(VectorXd center, VectorXd scale)
    : center_(std::move(center)), scale_(std::move(scale)) {
  expects((scale_.array() > 0).all(), "positive scales of a metric");
}

void DiagonalMetric::to_position(const VectorXd& white, VectorXd& position) const {
  position = center_ + scale_.cwiseProduct(white);
}
void DiagonalMetric::to_white(const VectorXd& position, VectorXd& white) const {
  white = (position - center_).cwiseQuotient(scale_);
}
void DiagonalMetric::pull_gradient(const VectorXd& gradient, VectorXd& white) const {
  white = scale_.cwiseProduct(gradient);
}

ArrowMetric::ArrowMetric(VectorXd center, const ArrowCurvature& curvature)
    : center_(std::move(center)),
      made_from_(curvature),
      coupling_(curvature.coupling.rows(), curvature.coupling.cols()) {
  constexpr double block_floor = 0.02, head_floor = 0.01;
  // lazyProduct: Eigen's blocked product sums in an order that depends on the number of threads.
  Index first = 0;
  for (const MatrixXd& block : curvature.blocks) {
    const Index n = block.rows();
    const MatrixXd lower = lower_factor(made_positive(block, block_floor));
    blocks_.push_back({first, n, lower, inverse_of_lower(lower)});
    coupling_.middleRows(first, n) =
        blocks_.back().inverse_lower.lazyProduct(curvature.coupling.middleRows(first, n));
    first += n;
  }
  const MatrixXd complement = curvature.head - coupling_.transpose().lazyProduct(coupling_);
  head_lower_ = lower_factor(made_positive(complement, head_floor));
  head_inverse_lower_ = inverse_of_lower(head_lower_);
}

void ArrowMetric::to_position(const VectorXd& white, VectorXd& position) const {
  const Index p = head_lower_.rows();
  const VectorXd head = head_inverse_lower_.transpose().triangularView<Eigen::Upper>() * white.head(p);
  VectorXd rest = white.tail(white.size() - p);
  rest.noalias() -= coupling_ * head;
  position = center_;
  position.head(p) += head;
  for (const Block& b : blocks_)
    position.segment(p + b.first, b.size).noalias() +=
        b.inverse_lower.transpose().triangularView<Eigen::Upper>() * rest.segment(b.first, b.size);
}

void ArrowMetric::to_white(const VectorXd& position, VectorXd& white) const {
  const Index p = head_lower_.rows();
  const VectorXd shift = position - center_;
  white.resize(shift.size());
  white.head(p) = head_lower_.transpose().triangularView<Eigen::Upper>() * shift.head(p);
  white.tail(shift.size() - p).noalias() = coupling_ * shift.head(p);
  for (const Block& b : blocks_)
    white.segment(p + b.first, b.size).noalias() +=
        b.lower.transpose().triangularView<Eigen::Upper>() * shift.segment(p + b.first, b.size);
}

void ArrowMetric::pull_gradient(const VectorXd& gradient, VectorXd& white) const {
  const Index p = head_lower_.rows();
  white.resize(gradient.size());
  for (const Block& b : blocks_)
    white.segment(p + b.first, b.size).noalias() =
        b.inverse_lower.triangularView<Eigen::Lower>() * gradient.segment(p + b.first, b.size);
  VectorXd head = gradient.head(p);
  head.noalias() -= coupling_.transpose() * white.tail(gradient.size() - p);
  white.head(p).noalias() = head_inverse_lower_.triangularView<Eigen::Lower>() * head;
}

double ArrowMetric::log_determinant() const {
  double sum = head_lower_.diagonal().array().log().sum();
  for (const Block& b : blocks_) sum += b.lower.diagonal().array().log().sum();
  return 2.0 * sum;
}

std::shared_ptr<const Metric> make_metric(const MetricRecipe& recipe) {
  if (recipe.stretch.size() > 0)
    return std::make_shared<LowRankMetric>(recipe.center, recipe.scale, recipe.directions, recipe.stretch);
  if (recipe.scale.size() > 0) return std::make_shared<DiagonalMetric>(recipe.center, recipe.scale);
  ArrowCurvature curvature{ArrowStructure{}};
  curvature.head = recipe.head;
  curvature.coupling = recipe.coupling;
  curvature.blocks = recipe.blocks;
  return std::make_shared<ArrowMetric>(recipe.center, curvature);
}

std::shared_ptr<const Metric> diagonal_metric(const std::vector<VectorXd>& draws,
                                              const std::vector<VectorXd>& scores,
                                              const std::vector<std::size_t>& chain) {
  expects(draws.size() >= 2 && draws.size() == scores.size() && draws.size() == chain.size(),
          "draws with scores");
  VectorXd center = VectorXd::Zero(draws.front().size());
  for (const VectorXd& draw : draws) center += draw / static_cast<double>(draws.size());
  constexpr double tiny = 1e-12;  // a coordinate that did not move keeps a finite scale
  const VectorXd x = deviations_within(draws, chain).rowwise().squaredNorm(),
                 g = deviations_within(scores, chain).rowwise().squaredNorm();
  const VectorXd scale = ((x.array() + tiny) / (g.array() + tiny)).sqrt().sqrt();
  return std::make_shared<DiagonalMetric>(std::move(center), scale);
}

}  // namespace qdose
