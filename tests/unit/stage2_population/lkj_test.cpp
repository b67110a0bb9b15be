#include "qdose/stage2_population/lkj.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace qdose {
namespace {

constexpr Eigen::Index order = 4;

TEST(Lkj, RootsAreOfCorrelationsAndGoBack) {
  Stream random(1, Purpose::property_test, 1);
  std::vector<double> y(6);
  for (double& v : y) v = random.normal();
  const EffectMatrix root = correlation_root(y, order), r = root * root.transpose();
  for (Eigen::Index i = 0; i < order; ++i) EXPECT_NEAR(r(i, i), 1, 1e-14);
  const std::vector<double> back = unconstrained_correlation(r);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(back[i], y[i], 1e-10);
}

/// Any function of R will do: here a sum with weights.
TEST(Lkj, GradientsEqualDifferences) {
  Stream random(1, Purpose::property_test, 2);
  EffectMatrix weights(order, order);
  for (Eigen::Index i = 0; i < order; ++i)
    for (Eigen::Index j = 0; j <= i; ++j) weights(i, j) = weights(j, i) = random.normal();
  std::vector<double> y(6), slope(6), gradient(6), unused(6);
  for (double& v : y) v = random.normal();
  const auto value = [&] {
    const EffectMatrix root = correlation_root(y, order);
    return weights.cwiseProduct(root * root.transpose()).sum() + lkj_log_density(y, order, 2, unused);
  };
  lkj_log_density(y, order, 2, slope);
  pull_back_correlation(y, correlation_root(y, order), weights, gradient);
  for (std::size_t i = 0; i < 6; ++i) {
    constexpr double h = 1e-5;
    const double here = y[i];
    y[i] = here + h;
    const double above = value();
    y[i] = here - h;
    const double below = value();
    y[i] = here;
    EXPECT_NEAR(gradient[i] + slope[i], (above - below) / (2 * h), 1e-8);
  }
}

/// Every correlation is (1 + r) / 2 ~ Beta(a, a) with a = shape - 1 + order / 2, so Var r = 1 / (2 a + 1);
/// and E[y slope] = -1 for draws of the density that has the slope.
TEST(Lkj, DrawsAreThoseOfTheDensity) {
  constexpr int count = 20000;
  for (const double shape : {1.0, 2.0}) {
    EffectMatrix squares = EffectMatrix::Zero(order, order);
    std::vector<double> slope(6), stein(6);
    for (std::uint64_t k = 0; k < count; ++k) {
      Stream random(2, Purpose::property_test, k);
      const std::vector<double> y = draw_lkj(order, shape, random);
      const EffectMatrix root = correlation_root(y, order), r = root * root.transpose();
      squares += r.cwiseAbs2() / count;
      lkj_log_density(y, order, shape, slope);
      for (std::size_t i = 0; i < 6; ++i) stein[i] += y[i] * slope[i] / count;
    }
    const double variance = 1 / (2 * (shape - 1 + order / 2.0) + 1);
    for (Eigen::Index i = 1; i < order; ++i)
      for (Eigen::Index j = 0; j < i; ++j) EXPECT_NEAR(squares(i, j), variance, 0.05 * variance);
    for (const double s : stein) EXPECT_NEAR(s, -1, 0.05);
  }
}

}  // namespace
}  // namespace qdose
