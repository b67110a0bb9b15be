#include "qdose/stage1_classify/features.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "trials.hpp"

namespace qdose {
namespace {

using test::in_units;
using test::Units;

TokenSet tokens_of(const Trial& trial, Role role) {
  return make_tokens(trial.subjects, role, trial.route, design_scale(trial, role), token_count(trial, role));
}

class Features : public testing::TestWithParam<Role> {};
INSTANTIATE_TEST_SUITE_P(Roles, Features, testing::Values(Role::pk, Role::pd),
                         [](const auto& role) { return role.param == Role::pk ? "pk" : "pd"; });

TEST_P(Features, DoNotDependOnUnits) {
  const Trial trial = test::simulated("pk_2c_oral", "pd_indirect_inhib_kin", 4, 5);
  const TokenSet plain = tokens_of(trial, GetParam());
  for (const Units& units : {Units{1 / 24.0, 1, 1, 1}, Units{1, 1000, 1, 1}, Units{1, 1, 1000, 1},
                             Units{1, 1, 1, 0.01}, Units{60, 1e-3, 20, 7}}) {
    const TokenSet other = tokens_of(in_units(trial, units), GetParam());
    EXPECT_EQ(other.count, plain.count);
    ASSERT_EQ(other.values.size(), plain.values.size());
    for (std::size_t i = 0; i < plain.values.size(); ++i)
      ASSERT_NEAR(other.values[i], plain.values[i], 2e-5) << "feature " << i % plain.features;
    for (std::size_t i = 0; i < plain.time.size(); ++i) ASSERT_NEAR(other.time[i], plain.time[i], 1e-6);
  }
}

TEST(FeatureLevels, CarryTheScaleOfTheValues) {
  const Trial trial = test::simulated("pk_2c_oral", "pd_indirect_inhib_kin", 4, 5);
  const Trial other = in_units(trial, {1, 1, 50, 3});
  const auto pk = tokens_of(trial, Role::pk).levels, pk_other = tokens_of(other, Role::pk).levels;
  const auto pd = tokens_of(trial, Role::pd).levels, pd_other = tokens_of(other, Role::pd).levels;
  ASSERT_EQ(pk.size(), level_count(Role::pk));
  ASSERT_EQ(pd.size(), level_count(Role::pd));
  EXPECT_NEAR(pk_other[0] - pk[0], std::log(50), 1e-9);
  EXPECT_NEAR(pd_other[0] - pd[0], std::log(3), 1e-9);
  EXPECT_NEAR(pd_other[1] - pd[1], std::log(50), 1e-9);
  EXPECT_NEAR(pd_other[2], pd[2], 1e-9);
}

TEST_P(Features, AreFiniteForAwkwardTrials) {
  Trial trial;
  Subject a;  // zeros, a constant response, an observation before the dose, a dose after the last one
  a.doses = {{2, 5, 0}, {100, 5, 1}};
  a.concentrations = {{1, 0, 0}, {2, 0, 0}, {3, 0, 0}, {3, 2, 0}, {50, -1, 0}};
  a.responses = {{5, 0, 0}, {6, 0, 0}, {6, 3, 0}};
  Subject placebo;
  placebo.responses = {{0, 4, 0}};
  Subject silent;
  silent.doses = {{0, 1, 0}};
  trial.subjects = {a, placebo, silent};
  const TokenSet set = tokens_of(trial, GetParam());
  for (float x : set.values) EXPECT_TRUE(std::isfinite(x));
  for (double level : set.levels) EXPECT_TRUE(std::isfinite(level));
  EXPECT_EQ(set.count[2], 0u);
}

TEST_P(Features, ThinsLongSubjectsEvenly) {
  Subject s;
  s.doses = {{0, 1, 0}};
  for (int i = 1; i <= 500; ++i) {
    s.concentrations.push_back({static_cast<double>(i), std::exp(-0.01 * i), 0});
    s.responses.push_back({static_cast<double>(i), 10.0, 0});
  }
  Trial trial;
  trial.subjects = {s};
  const TokenSet set = tokens_of(trial, GetParam());
  EXPECT_EQ(set.tokens, max_tokens);
  EXPECT_EQ(set.count[0], max_tokens);
  EXPECT_NEAR(set.time[0], 1.0 / 500, 1e-6);
  EXPECT_NEAR(set.time[max_tokens - 1], 1.0, 1e-6);
  for (std::size_t k = 1; k < max_tokens; ++k) {
    EXPECT_GT(set.time[k], set.time[k - 1]);
    EXPECT_LT(set.time[k] - set.time[k - 1], 1.2 * 500 / 96 / 500);
  }
}

}  // namespace
}  // namespace qdose
