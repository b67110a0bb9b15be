#include "qdose/ode/dormand_prince.hpp"

#include <gtest/gtest.h>

namespace qdose {
namespace {

TEST(DormandPrince, FollowsADecayToItsTolerance) {
  const auto decay = [](double, const std::array<double, 1>& y) { return std::array{-0.3 * y[0]}; };
  for (double relative : {1e-6, 1e-9, 1e-12}) {
    const auto r = integrate<1>(decay, {2.0}, 1.0, 41.0, {relative, {0.0}});
    ASSERT_EQ(r.outcome, OdeOutcome::done);
    EXPECT_EQ(r.time, 41.0);
    EXPECT_NEAR(r.y[0] / (2.0 * std::exp(-12.0)), 1.0, 200 * relative);
  }
}

TEST(DormandPrince, IsOfFifthOrder) {
  // One step over h on y' = y: the local error must fall 2^6-fold when h is halved.
  const auto growth = [](double, const std::array<double, 1>& y) { return y; };
  const auto error = [&](double h) {
    const auto r = integrate<1>(growth, {1.0}, 0.0, h, {1e3, {1e3}});
    return std::abs(r.y[0] - std::exp(h));
  };
  EXPECT_NEAR(std::log2(error(0.1) / error(0.05)), 6.0, 0.15);
}

TEST(DormandPrince, TakesTheTimeIntoAccount) {
  const auto forced = [](double t, const std::array<double, 2>& y) {
    return std::array{y[1], std::cos(t) - y[0]};  // resonance: y = t sin(t)/2
  };
  const auto r = integrate<2>(forced, {0.0, 0.0}, 0.0, 30.0, {1e-11, {1e-12, 1e-12}});
  EXPECT_NEAR(r.y[0], 15.0 * std::sin(30.0), 1e-7);
}

TEST(DormandPrince, ReportsFailureAsAValue) {
  const auto stiff = [](double, const std::array<double, 1>& y) { return std::array{-1e6 * y[0]}; };
  EXPECT_EQ(integrate<1>(stiff, {1.0}, 0.0, 1e3, {1e-6, {1e-9}, 1000}).outcome, OdeOutcome::too_many_steps);

  const auto explodes = [](double, const std::array<double, 1>& y) { return std::array{y[0] * y[0]}; };
  const auto r = integrate<1>(explodes, {1.0}, 0.0, 2.0, {1e-8, {1e-8}});
  EXPECT_NE(r.outcome, OdeOutcome::done);
  EXPECT_NEAR(r.time, 1.0, 1e-6);  // the pole
  EXPECT_FALSE(describe(r.outcome).empty());
}

TEST(DormandPrince, StaysWhereItIsWhenThereIsNothingToDo) {
  const auto nothing = [](double, const std::array<double, 1>&) { return std::array{0.0}; };
  EXPECT_EQ(integrate<1>(nothing, {3.0}, 5.0, 5.0, {}).y[0], 3.0);
  EXPECT_EQ(integrate<1>(nothing, {3.0}, 0.0, 5.0, {}).y[0], 3.0);
}

}  // namespace
}  // namespace qdose
