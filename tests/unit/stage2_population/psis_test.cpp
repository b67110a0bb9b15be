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

/// Zhang & Stephens' estimator, one logarithm and one likelihood ratio at a time.
ParetoTail plain_tail(const std::vector<double>& x) {
  const double count = static_cast<double>(x.size());
  const auto grid = static_cast<std::size_t>(30 + std::floor(std::sqrt(count)));
  const double quartile = x[static_cast<std::size_t>(std::floor(count / 4 + 0.5)) - 1];
  const auto shape_at = [&](double t) {
    double sum = 0;
    for (double v : x) sum += std::log1p(-t * v);
    return sum / count;
  };
  std::vector<double> theta, profile;
  for (std::size_t j = 0; j < grid; ++j) {
    const double share = (static_cast<double>(j) + 0.5) / static_cast<double>(grid);
    theta.push_back(1 / x.back() + (1 - std::sqrt(1 / share)) / (3 * quartile));
    const double shape = shape_at(theta.back());
    profile.push_back(count * (std::log(-theta.back() / shape) - shape - 1));
  }
  double mean = 0;
  for (std::size_t j = 0; j < grid; ++j) {
    double inverse = 0;
    for (std::size_t i = 0; i < grid; ++i) inverse += std::exp(profile[i] - profile[j]);
    mean += theta[j] / inverse;
  }
  const double shape = shape_at(mean);
  return {(shape * count + 0.5 * 10) / (count + 10), -shape / mean};
}

TEST(ParetoTail, EqualsThePlainEstimator) {
  for (double shape : {-0.3, 1e-12, 0.2, 0.7, 1.5, 4.0, 60.0})
    for (int size : {5, 7, 95, 256}) {
      Stream random(4, Purpose::property_test, static_cast<std::uint64_t>(size));
      std::vector<double> x;
      for (int i = 0; i < size; ++i) x.push_back(ParetoTail{shape, 1e-3}.quantile(random.uniform()));
      std::sort(x.begin(), x.end());
      const ParetoTail fast = fit_pareto_tail(x), plain = plain_tail(x);
      EXPECT_NEAR(fast.shape, plain.shape, 1e-10) << shape << " " << size;
      EXPECT_NEAR(fast.scale / plain.scale, 1, 1e-10) << shape << " " << size;
    }
}

/// Weights sorted as a whole, every weight's part taken by itself.
TEST(LeaveOneOut, EqualsThePlainSumOverSmoothedWeights) {
  for (std::size_t draws : {20, 99, 1000}) {
    Stream random(5, Purpose::property_test, draws);
    std::vector<double> log_likelihood;
    for (std::size_t i = 0; i < draws; ++i) log_likelihood.push_back(-std::pow(random.normal(), 2) - 3);
    for (std::size_t i = 3; i < draws; i += 4) log_likelihood[i] = log_likelihood[i - 1];  // ties
    std::vector<std::size_t> order(draws);
    for (std::size_t i = 0; i < draws; ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return log_likelihood[a] > log_likelihood[b]; });
    const double n = static_cast<double>(draws), top = -log_likelihood[order.back()];
    const auto tail = static_cast<std::size_t>(std::ceil(std::min(0.2 * n, 3 * std::sqrt(n))));
    std::vector<double> weight(draws), beyond;
    for (std::size_t i = 0; i < draws; ++i) weight[i] = std::exp(-log_likelihood[i] - top);
    const double cutoff = weight[order[draws - tail - 1]];
    for (std::size_t i = draws - tail; i < draws; ++i) beyond.push_back(weight[order[i]] - cutoff);
    const ParetoTail fitted = plain_tail(beyond);
    for (std::size_t i = 0; i < tail; ++i)
      weight[order[draws - tail + i]] =
          std::min(1.0, cutoff + fitted.quantile((static_cast<double>(i) + 0.5) / static_cast<double>(tail)));
    double above = 0, below = 0, likelihood = 0;
    for (std::size_t i = 0; i < draws; ++i) {
      above += weight[i] * std::exp(log_likelihood[i]);
      below += weight[i];
      likelihood += std::exp(log_likelihood[i]) / n;
    }
    const LeaveOneOut loo = leave_one_out(log_likelihood);
    EXPECT_NEAR(loo.k, fitted.shape, 1e-9) << draws;
    EXPECT_NEAR(loo.elpd, std::log(above / below), 1e-10) << draws;
    EXPECT_NEAR(log_mean_exp(log_likelihood), std::log(likelihood), 1e-13) << draws;
  }
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

/// Chains count a state again when they refuse a proposal: the tail's edge may run through such a pair.
TEST(LeaveOneOut, ShowsItForStatesThatAreCountedTwiceToo) {
  Stream random(3, Purpose::property_test, 3);
  std::vector<double> log_likelihood;
  for (int i = 0; i < 500; ++i) {
    log_likelihood.push_back(1.3 * std::log(random.uniform()));
    log_likelihood.push_back(log_likelihood.back());
  }
  EXPECT_GT(leave_one_out(log_likelihood).k, 0.9);  // 95 in the tail: an odd number
}

TEST(LeaveOneOut, TrustsWeightsThatAreNearlyEqual) {
  // A value far below its limit: log probabilities between -1e-12 and -0.02.
  std::vector<double> log_likelihood;
  Stream random(8, Purpose::property_test, 0);
  for (int i = 0; i < 1000; ++i) log_likelihood.push_back(-std::exp(random.uniform(-27.0, -4.0)));
  const LeaveOneOut result = leave_one_out(log_likelihood);
  EXPECT_EQ(result.k, 0);
  EXPECT_NEAR(result.elpd, log_mean_exp(log_likelihood), 1e-4);
  for (double& x : log_likelihood) x *= 100;  // up to -2: the tail matters again
  EXPECT_GT(leave_one_out(log_likelihood).k, 0.3);
}

TEST(LeaveOneOut, OfAConstantIsThatConstant) {
  const std::vector<double> same(100, -3.5);
  EXPECT_NEAR(leave_one_out(same).elpd, -3.5, 1e-12);
  EXPECT_EQ(leave_one_out(same).k, 0);
}

}  // namespace
}  // namespace qdose
