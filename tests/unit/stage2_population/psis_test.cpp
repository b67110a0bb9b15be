#include "qdose/stage2_population/psis.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "qdose/base/random.hpp"

namespace qdose {
namespace {

TEST(ParetoTail, FindsTheShapeThatTheSampleHas) {
  for (double shape : {0.1, 0.5, 0.9}) {
    Stream random(1, Purpose::property_test, static_cast<std::uint64_t>(100 * shape));
    std::vector<double> x;
    for (int i = 0; i < 5000; ++i) x.push_back(ParetoTail{shape, 2.0}.quantile(random.uniform()));
    std::sort(x.begin(), x.end());
    const ParetoTail tail = fit_pareto_tail(x);
    EXPECT_NEAR(tail.shape, shape, 0.06);
    EXPECT_NEAR(tail.scale, 2.0, 0.15);
  }
}

TEST(ParetoTail, QuantileOfShapeZeroIsExponential) {
  EXPECT_NEAR((ParetoTail{0, 3}.quantile(0.9)), -3 * std::log(0.1), 1e-12);
  EXPECT_NEAR((ParetoTail{1e-9, 3}.quantile(0.9)), -3 * std::log(0.1), 1e-6);
}

/// y_i ~ N(mu, 1), mu flat: everything about leave-one-out is known exactly.
TEST(LeaveOneOut, EqualsTheExactPredictiveDensityOfANormalMean) {
  Stream random(2, Purpose::property_test, 1);
  std::vector<double> y;
  for (int i = 0; i < 30; ++i) y.push_back(random.normal());
  const double n = static_cast<double>(y.size());
  double mean = 0;
  for (double v : y) mean += v / n;
  std::vector<double> mu;
  for (int i = 0; i < 4000; ++i) mu.push_back(mean + random.normal() / std::sqrt(n));
  for (double v : y) {
    std::vector<double> log_likelihood;
    for (double m : mu)
      log_likelihood.push_back(-0.5 * (v - m) * (v - m) - 0.5 * std::log(2 * std::numbers::pi));
    const double others = (n * mean - v) / (n - 1), variance = 1 + 1 / (n - 1);
    const double exact =
        -0.5 * (v - others) * (v - others) / variance - 0.5 * std::log(2 * std::numbers::pi * variance);
    const LeaveOneOut loo = leave_one_out(log_likelihood);
    EXPECT_NEAR(loo.elpd, exact, 0.01);
    EXPECT_LT(loo.k, 0.5);
  }
}

TEST(LeaveOneOut, ShowsWhenTheWeightsHaveNoMean) {
  Stream random(3, Purpose::property_test, 2);
  std::vector<double> log_likelihood;
  for (int i = 0; i < 4000; ++i)
    log_likelihood.push_back(1.3 * std::log(random.uniform()));  // tail of shape 1.3
  EXPECT_GT(leave_one_out(log_likelihood).k, 0.9);
}

TEST(LeaveOneOut, OfAConstantIsThatConstant) {
  const std::vector<double> same(100, -3.5);
  EXPECT_NEAR(leave_one_out(same).elpd, -3.5, 1e-12);
  EXPECT_EQ(leave_one_out(same).k, 0);
}

}  // namespace
}  // namespace qdose
