#include "qdose/stage3_covariates/ridge.hpp"

#include <gtest/gtest.h>

#include "qdose/base/random.hpp"

namespace qdose {
namespace {

struct Problem {
  Eigen::MatrixXd trend, functions;
  Eigen::VectorXd weights, y;
};

Problem random_problem(Eigen::Index n, Eigen::Index p, Eigen::Index r, std::uint64_t item) {
  Stream stream(3, Purpose::property_test, item);
  const auto normal = [&] { return stream.normal(); };
  Problem problem{Eigen::MatrixXd::NullaryExpr(n, p, normal), Eigen::MatrixXd::NullaryExpr(n, r, normal),
                  Eigen::VectorXd::NullaryExpr(n, [&] { return stream.uniform(0.2, 3); }),
                  Eigen::VectorXd::NullaryExpr(n, normal)};
  problem.trend.col(0).setOnes();
  return problem;
}

/// The normal equations, as they stand in a textbook.
RidgeCoefficients judge(const Problem& p, double lambda) {
  const Eigen::Index a = p.trend.cols(), r = p.functions.cols();
  Eigen::MatrixXd design(p.y.size(), a + r);
  design << p.trend, p.functions;
  Eigen::MatrixXd normal = design.transpose() * p.weights.asDiagonal() * design;
  for (Eigen::Index k = a; k < a + r; ++k) normal(k, k) += lambda;
  const Eigen::VectorXd solution = normal.ldlt().solve(design.transpose() * p.weights.cwiseProduct(p.y));
  return {solution.head(a), solution.tail(r)};
}

Problem without_row(const Problem& p, Eigen::Index row) {
  std::vector<Eigen::Index> kept;
  for (Eigen::Index i = 0; i < p.y.size(); ++i)
    if (i != row) kept.push_back(i);
  return {p.trend(kept, Eigen::all), p.functions(kept, Eigen::all), p.weights(kept), p.y(kept)};
}

TEST(Ridge, SolvesTheNormalEquations) {
  for (const auto& [n, r] : {std::pair{30, 5}, std::pair{12, 40}}) {  // more rows than functions, and fewer
    const Problem p = random_problem(n, 3, r, 1);
    const RidgePath path(p.trend, p.functions, p.weights);
    for (const double lambda : {1e-2, 1.0, 50.0}) {
      const RidgeCoefficients fast = path.solve(p.y, lambda), slow = judge(p, lambda);
      EXPECT_LT((fast.trend - slow.trend).norm(), 1e-9);
      EXPECT_LT((fast.functions - slow.functions).norm(), 1e-9);
      const Eigen::VectorXd residual = p.y - p.trend * slow.trend - p.functions * slow.functions;
      EXPECT_LT((path.residuals(p.y, lambda) - residual).norm(), 1e-9);
    }
  }
}

TEST(Ridge, LeaveOneOutEqualsLeavingEachRowOut) {
  const Problem p = random_problem(20, 2, 30, 2);
  const RidgePath path(p.trend, p.functions, p.weights);
  for (const double lambda : {0.1, 5.0}) {
    const Eigen::VectorXd fast = path.loo_residuals(p.y, lambda);
    for (Eigen::Index i = 0; i < 20; ++i) {
      const RidgeCoefficients without = judge(without_row(p, i), lambda);
      EXPECT_NEAR(fast(i),
                  p.y(i) - p.trend.row(i).dot(without.trend) - p.functions.row(i).dot(without.functions),
                  1e-9);
    }
  }
}

TEST(Ridge, EffectiveParametersAreTheTraceOfTheHatMatrix) {
  const Problem p = random_problem(15, 2, 6, 3);
  const RidgePath path(p.trend, p.functions, p.weights);
  double trace = 0;
  for (Eigen::Index i = 0; i < 15; ++i) {  // the derivative of a fitted value by its own target
    const Eigen::VectorXd unit = Eigen::VectorXd::Unit(15, i);
    trace += 1 - path.residuals(unit, 2.0)(i);
  }
  EXPECT_NEAR(path.effective_parameters(2.0), trace, 1e-10);
  EXPECT_NEAR(path.effective_parameters(1e12), 2, 1e-9);
}

TEST(Ridge, LikelihoodIsThatOfTheDenseNormalDistribution) {
  const Problem p = random_problem(14, 2, 9, 4);
  const RidgePath path(p.trend, p.functions, p.weights);
  const auto dense = [&](double lambda) {
    const Eigen::MatrixXd covariance = Eigen::MatrixXd(p.weights.cwiseInverse().asDiagonal()) +
                                       p.functions * p.functions.transpose() / lambda;
    const Eigen::MatrixXd inverse = covariance.inverse();
    const Eigen::VectorXd b =
        (p.trend.transpose() * inverse * p.trend).ldlt().solve(p.trend.transpose() * inverse * p.y);
    const Eigen::VectorXd left = p.y - p.trend * b;
    const double scale = left.dot(inverse * left) / 14;
    return -0.5 * (14 * std::log(scale) + std::log(covariance.determinant()));
  };
  EXPECT_NEAR(path.log_likelihood(p.y, 0.3) - path.log_likelihood(p.y, 4.0), dense(0.3) - dense(4.0), 1e-9);
}

TEST(Ridge, DependentTrendColumnsDoNoHarm) {
  Problem p = random_problem(18, 2, 4, 5);
  Problem doubled = p;
  doubled.trend.conservativeResize(18, 3);
  doubled.trend.col(2) = 2 * p.trend.col(1);
  const Eigen::VectorXd once = RidgePath(p.trend, p.functions, p.weights).loo_residuals(p.y, 1);
  const Eigen::VectorXd twice =
      RidgePath(doubled.trend, doubled.functions, doubled.weights).loo_residuals(p.y, 1);
  EXPECT_LT((once - twice).norm(), 1e-9);
}

TEST(Ridge, ARowThatAloneFixesACoefficientHasNoPrediction) {
  Problem p = random_problem(10, 2, 0, 6);
  p.trend.col(1) = Eigen::VectorXd::Unit(10, 3);
  EXPECT_TRUE(std::isinf(RidgePath(p.trend, p.functions, p.weights).loo_residuals(p.y, 1)(3)));
}

}  // namespace
}  // namespace qdose
