#include "qdose/stage2_population/metric.hpp"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>

#include "qdose/stage2_population/low_rank_metric.hpp"
#include "qdose/stage2_population/metric_learner.hpp"
#include "qdose/stage2_population/phase_space.hpp"
#include "tests/support/densities.hpp"

namespace qdose {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// A precision matrix with a head of 3 and blocks of 2, 1, 4 that do not act on each other.
const ArrowStructure structure{3, {2, 1, 4}};
MatrixXd arrow_precision() {
  Stream random(7, Purpose::property_test, 1);
  MatrixXd a = MatrixXd::Zero(10, 10);
  for (Eigen::Index i = 0; i < 10; ++i)
    for (Eigen::Index j = 0; j < 10; ++j) a(i, j) = random.normal();
  MatrixXd p = a * a.transpose() + 4.0 * MatrixXd::Identity(10, 10);
  const int block_of[10] = {0, 0, 0, 1, 1, 2, 3, 3, 3, 3};
  for (Eigen::Index i = 0; i < 10; ++i)
    for (Eigen::Index j = 0; j < 10; ++j)
      if (block_of[i] != block_of[j] && block_of[i] != 0 && block_of[j] != 0) p(i, j) = 0;
  return p + 40.0 * MatrixXd::Identity(10, 10);
}

MatrixXd columns(const Metric& metric, void (Metric::*map)(const VectorXd&, VectorXd&) const,
                 Eigen::Index n) {
  MatrixXd result(n, n);
  VectorXd zero, column;
  (metric.*map)(VectorXd::Zero(n), zero);
  for (Eigen::Index j = 0; j < n; ++j) {
    (metric.*map)(VectorXd::Unit(n, j), column);
    result.col(j) = column - zero;
  }
  return result;
}

TEST(Curvature, OfANormalDensityIsItsPrecision) {
  const MatrixXd precision = arrow_precision();
  testing::Gaussian density(VectorXd::Zero(10), precision.inverse(), structure);
  ArrowCurvature curvature(structure);
  ASSERT_TRUE(add_curvature(density, VectorXd::Ones(10), VectorXd::Constant(10, 0.3), curvature));
  EXPECT_NEAR((curvature.head - precision.topLeftCorner(3, 3)).norm(), 0, 1e-8);
  EXPECT_NEAR((curvature.coupling - precision.bottomLeftCorner(7, 3)).norm(), 0, 1e-8);
  Eigen::Index at = 3;
  for (const MatrixXd& block : curvature.blocks) {
    EXPECT_NEAR((block - precision.block(at, at, block.rows(), block.rows())).norm(), 0, 1e-8);
    at += block.rows();
  }
}

TEST(Metric, ArrowWhitensExactly) {
  const MatrixXd precision = arrow_precision();
  testing::Gaussian density(VectorXd::Zero(10), precision.inverse(), structure);
  ArrowCurvature curvature(structure);
  ASSERT_TRUE(add_curvature(density, VectorXd::Zero(10), VectorXd::Ones(10), curvature));
  const ArrowMetric metric(VectorXd::LinSpaced(10, -1, 1), curvature);
  const MatrixXd a = columns(metric, &Metric::to_position, 10);
  EXPECT_NEAR((a * a.transpose() - precision.inverse()).norm(), 0, 1e-8);
  EXPECT_NEAR((columns(metric, &Metric::to_white, 10) * a - MatrixXd::Identity(10, 10)).norm(), 0, 1e-8);
  EXPECT_NEAR((columns(metric, &Metric::pull_gradient, 10) - a.transpose()).norm(), 0, 1e-8);
  EXPECT_NEAR(metric.log_determinant(), std::log(precision.determinant()), 1e-8);
}

TEST(Metric, DiagonalIsExactForANormalEvenFromFewDraws) {
  const VectorXd sd = VectorXd::LinSpaced(6, 0.01, 30);
  testing::Gaussian density(VectorXd::Ones(6), sd.cwiseAbs2().asDiagonal());
  Stream random(3, Purpose::property_test, 2);
  std::vector<VectorXd> draws, scores;
  std::vector<std::size_t> chain;
  for (std::size_t i = 0; i < 8; ++i) {
    draws.push_back(density.exact_draw(random));
    scores.emplace_back(6);
    density.log_density({draws.back().data(), 6}, {scores.back().data(), 6});
    chain.push_back(i % 2);
  }
  const MatrixXd a = columns(*diagonal_metric(draws, scores, chain), &Metric::to_position, 6);
  EXPECT_NEAR((a.diagonal().cwiseQuotient(sd) - VectorXd::Ones(6)).norm(), 0, 1e-6);
}

struct Scored {
  std::vector<VectorXd> draws, scores;
  std::vector<std::size_t> chain;
};

Scored scored_draws(testing::Gaussian& density, std::size_t count) {
  Stream random(5, Purpose::property_test, 6);
  Scored s;
  for (std::size_t i = 0; i < count; ++i) {
    s.draws.push_back(density.exact_draw(random));
    s.scores.emplace_back(s.draws.back().size());
    const std::size_t n = density.dimension();
    density.log_density({s.draws.back().data(), n}, {s.scores.back().data(), n});
    s.chain.push_back(i % 2);
  }
  return s;
}

/// Largest over smallest eigenvalue of the covariance in a metric's white coordinates.
double condition_in(const Metric& metric, const MatrixXd& covariance) {
  const MatrixXd to_white = columns(metric, &Metric::to_white, covariance.rows());
  const VectorXd values =
      Eigen::SelfAdjointEigenSolver<MatrixXd>(to_white * covariance * to_white.transpose()).eigenvalues();
  return values.maxCoeff() / values.minCoeff();
}

TEST(Metric, LowRankFindsTheDirectionsThatScalesMiss) {
  // Equal correlations of 0.98, scales over three decades: one long direction, none along an axis.
  constexpr Eigen::Index n = 20;
  MatrixXd covariance = MatrixXd::Constant(n, n, 0.98);
  covariance.diagonal().setOnes();
  VectorXd scale(n);
  for (Eigen::Index i = 0; i < n; ++i)
    scale[i] = std::pow(10.0, -1.5 + 3.0 * static_cast<double>(i) / (n - 1));
  covariance = (scale.asDiagonal() * covariance * scale.asDiagonal()).eval();
  testing::Gaussian density(VectorXd::Ones(n), covariance);
  const Scored s = scored_draws(density, 60);
  EXPECT_GT(condition_in(*diagonal_metric(s.draws, s.scores, s.chain), covariance), 500);
  const auto metric = low_rank_metric(s.draws, s.scores, s.chain);
  EXPECT_LT(condition_in(*metric, covariance), 4.1);  // what differs by less than 2 either way is left
  const MatrixXd a = columns(*metric, &Metric::to_position, n);
  EXPECT_NEAR((columns(*metric, &Metric::to_white, n) * a - MatrixXd::Identity(n, n)).norm(), 0, 1e-9);
  EXPECT_NEAR((columns(*metric, &Metric::pull_gradient, n) - a.transpose()).norm(), 0, 1e-9);
  EXPECT_NEAR((columns(*make_metric(metric->recipe()), &Metric::to_position, n) - a).norm(), 0, 1e-12);
}

TEST(Metric, LowRankInManyDimensionsUsesTheSpaceThatDrawsSpan) {
  constexpr Eigen::Index n = 300;
  Stream random(6, Purpose::property_test, 7);
  const VectorXd direction = standard_normal(n, random).normalized();
  const MatrixXd covariance = MatrixXd::Identity(n, n) + 400 * direction * direction.transpose();
  testing::Gaussian density(VectorXd::Zero(n), covariance);
  const Scored s = scored_draws(density, 100);
  EXPECT_LT(condition_in(*low_rank_metric(s.draws, s.scores, s.chain), covariance), 25);  // 401 without
}

TEST(Metric, LowRankIsDiagonalWhereScalesSuffice) {
  testing::Gaussian density(VectorXd::Ones(6), VectorXd::LinSpaced(6, 0.01, 30).asDiagonal());
  const Scored s = scored_draws(density, 40);
  EXPECT_EQ(low_rank_metric(s.draws, s.scores, s.chain)->recipe().stretch.size(), 0);
}

/// A head whose curvature is taken for nine times what it is: draws are three times as wide as the metric
/// says.
TEST(Metric, DrawsShowHowMuchWiderAHeadIs) {
  const MatrixXd precision = arrow_precision();
  testing::Gaussian density(VectorXd::Zero(10), precision.inverse(), structure);
  ArrowCurvature curvature(structure);
  ASSERT_TRUE(add_curvature(density, VectorXd::Zero(10), VectorXd::Ones(10), curvature));
  Stream random(11, Purpose::property_test, 4);
  std::vector<std::vector<VectorXd>> windows(2);
  for (int i = 0; i < 600; ++i) windows[i % 2].push_back(density.exact_draw(random));
  EXPECT_NEAR(widest_of_head(ArrowMetric(VectorXd::Zero(10), curvature), 3, windows), 1.0, 0.1);
  const MatrixXd complement = precision.inverse().topLeftCorner(3, 3).inverse();
  curvature.head += 8 * complement;
  EXPECT_NEAR(widest_of_head(ArrowMetric(VectorXd::Zero(10), curvature), 3, windows), 3.0, 0.3);
  for (VectorXd& x : windows[1])
    x += VectorXd::Constant(10, 5.0);  // another mode: only widths within chains count
  EXPECT_NEAR(widest_of_head(ArrowMetric(VectorXd::Zero(10), curvature), 3, windows), 3.0, 0.3);
}

TEST(Metric, CurvatureThatIsNotPositiveStillGivesAMetric) {
  ArrowCurvature curvature(structure);
  Stream random(5, Purpose::property_test, 3);
  for (double& x : curvature.head.reshaped()) x = random.normal();
  curvature.head = (curvature.head + curvature.head.transpose()).eval();
  for (double& x : curvature.coupling.reshaped()) x = random.normal();
  for (MatrixXd& block : curvature.blocks) block.setConstant(-2.0);
  const ArrowMetric metric(VectorXd::Zero(10), curvature);
  const VectorXd z = VectorXd::LinSpaced(10, -1, 2);
  VectorXd x, back;
  metric.to_position(z, x);
  metric.to_white(x, back);
  EXPECT_TRUE(x.allFinite());
  EXPECT_NEAR((back - z).norm(), 0, 1e-8);
}

}  // namespace
}  // namespace qdose
