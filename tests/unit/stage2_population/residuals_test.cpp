#include "qdose/stage2_population/residuals.hpp"

#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <cmath>

#include "qdose/stage2_population/phase_space.hpp"

namespace qdose {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Correlations of values in order of time, with an error of their own.
MatrixXd covariance_in_time(Index values) {
  MatrixXd covariance(values, values);
  for (Index i = 0; i < values; ++i)
    for (Index j = 0; j < values; ++j)
      covariance(i, j) = std::pow(0.9, std::abs(i - j)) + (i == j ? 0.1 : 0.0);
  return covariance;
}

TEST(PredictionErrors, AreStandardNormalThoughTheCovarianceIsThatOfFewReplicates) {
  constexpr Index values = 40, replicates = 300;
  constexpr int subjects = 200;
  const MatrixXd root = Eigen::LLT<MatrixXd>(covariance_in_time(values)).matrixL();
  double sum = 0, squares = 0, late_squares = 0;
  for (std::uint32_t s = 0; s < subjects; ++s) {
    Stream random(5, Purpose::posterior_check, s, 0);
    MatrixXd simulated(replicates, values);
    for (Index r = 0; r < replicates; ++r) simulated.row(r) = root * standard_normal(values, random);
    const VectorXd observed = root * standard_normal(values, random);
    const std::vector<double> scores =
        prediction_errors({observed.data(), static_cast<std::size_t>(values)}, simulated);
    for (std::size_t k = 0; k < scores.size(); ++k) {
      sum += scores[k];
      squares += scores[k] * scores[k];
      if (k >= values / 2) late_squares += scores[k] * scores[k];
    }
  }
  constexpr double all = subjects * values;
  EXPECT_NEAR(sum / all, 0, 0.035);
  EXPECT_NEAR(std::sqrt(squares / all), 1, 0.02);             // 1.07 where replicates judge themselves
  EXPECT_NEAR(std::sqrt(late_squares / (all / 2)), 1, 0.03);  // 1.10
}

TEST(PredictionErrors, AreZeroWhereNothingVaries) {
  const std::vector<double> observed{0, 1};
  MatrixXd simulated = MatrixXd::Zero(100, 2);
  for (Index r = 0; r < 100; ++r) simulated(r, 1) = static_cast<double>(r) / 50;
  EXPECT_NEAR(prediction_errors(observed, simulated).front(), 0, 1e-9);  // a concentration before any dose
}

TEST(WeightedResidual, OfAValueBelowItsLimitLiesThereAsOftenAsTheModelSays) {
  const ErrorModel error{0.2, 0.01, false};
  Observation o;
  o.limit = 0.5;
  o.below_limit = true;
  o.value = 0.25;
  Stream random(3, Purpose::posterior_check, 0, 0);
  const double edge = error.residual(o.limit, 0.6);
  double sum = 0;
  constexpr int many = 20000;
  for (int i = 0; i < many; ++i) {
    const double r = weighted_residual(o, 0.6, error, random);
    ASSERT_LE(r, edge + 1e-12);
    sum += r;
  }
  EXPECT_NEAR(sum / many, -normal_hazard(edge), 0.02);  // mean of that part of the normal distribution
  // Far below its limit a value is as surprising as any other: not "half the limit off".
  double squares = 0;
  for (int i = 0; i < many; ++i) squares += std::pow(weighted_residual(o, 0.001, error, random), 2);
  EXPECT_NEAR(squares / many, 1, 0.04);
}

TEST(WeightedResidual, IsTheResidualOfAValueThatIsKnown) {
  Observation o;
  o.value = 3;
  Stream random(3, Purpose::posterior_check, 0, 0);
  EXPECT_DOUBLE_EQ(weighted_residual(o, 2, {0.25, 0, false}, random), 2);
  EXPECT_DOUBLE_EQ(weighted_residual(o, 2, {0.25, 0, true}, random), std::log(1.5) / 0.25);
  EXPECT_EQ(weighted_residual(o, 0, {0.25, 0, false}, random), 0);
}

}  // namespace
}  // namespace qdose
