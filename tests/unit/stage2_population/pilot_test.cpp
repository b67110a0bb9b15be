#include "qdose/stage2_population/pilot.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "qdose/stage2_population/structure_check.hpp"
#include "tests/support/small_trials.hpp"

namespace qdose {
namespace {

/// Absorption after a lag, one value on the rise: the lag and the rate of absorption can stand in for each
/// other.
testing::TrialRecipe one_early_value() {
  testing::TrialRecipe r;
  r.pk_id = "pk_1c_oral_lag", r.pd_id = "pd_direct_linear";
  r.typical = {{"CL", 0.2}, {"V", 8}, {"ka", 0.5}, {"Tlag", 3}, {"R0", 12}, {"slope", 2}};
  r.omega = {{"CL", 0.25}, {"V", 0.25}, {"ka", 0.25}, {"Tlag", 0.1}};
  r.dosed = 36, r.placebo = 0, r.doses = 1;
  r.pk_times = {4, 8, 12, 24, 48, 96, 168};
  r.pk_proportional = 0.12;
  return r;
}

class OneEarlyValue : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(OneEarlyValue, DoesNotDrawTheLagToTheFirstValue) {
  testing::TrialRecipe recipe = one_early_value();
  recipe.seed = GetParam();
  FitSettings settings;
  const Trial trial = testing::simulate_small_trial(recipe);
  const auto problem = make_problem(trial, recipe.pk_id, recipe.pd_id, settings,
                                    {{"CL", {0.3, 1}}, {"V", {6, 1}}, {"ka", {1, 1}}, {"Tlag", {2, 1}}});
  ASSERT_TRUE(problem);
  const auto pilot = explore(PopulationDensity(*problem), 4, 1, 2);
  ASSERT_TRUE(pilot);
  const PopulationModel& model = (*problem)->structure.model;
  const auto typical = [&](const std::string& name) {
    for (std::size_t p = 0; p < model.parameters.size(); ++p)
      if (model.parameters[p].name == name) return std::exp(pilot->mode[(*problem)->layout.typical[p]]);
    return 0.0;
  };
  EXPECT_LT(typical("Tlag"), 3.6);
  EXPECT_LT(typical("ka"), 1.5);
  auto choice = checked_choice(*pilot, choose_structure(*pilot, 0.25));
  ASSERT_TRUE(choice);
  bool absorption_varies = false;
  for (const VariabilityChoice& v : choice->variabilities)
    absorption_varies |= v.kept && (v.parameter == "ka" || v.parameter == "Tlag");
  EXPECT_TRUE(absorption_varies);
}

/// The picture may be wrong; what it leaves out is missed once it is gone.
TEST(CheckedChoice, PutsBackWhatTheModelCannotDoWithout) {
  testing::TrialRecipe recipe = one_early_value();
  recipe.seed = 2;
  const Trial trial = testing::simulate_small_trial(recipe);
  const auto problem = make_problem(trial, recipe.pk_id, recipe.pd_id, FitSettings{},
                                    {{"CL", {0.3, 1}}, {"V", {6, 1}}, {"ka", {1, 1}}, {"Tlag", {2, 1}}});
  ASSERT_TRUE(problem);
  const auto pilot = explore(PopulationDensity(*problem), 4, 1, 2);
  ASSERT_TRUE(pilot);
  StructureChoice wrong = keep_all(*pilot);
  for (std::size_t v = 0; v < wrong.variabilities.size(); ++v)
    if (wrong.variabilities[v].parameter == "V" || wrong.variabilities[v].parameter == "SLOPE")
      wrong.variabilities[v].kept = false;
  const PopulationModel& model = (*problem)->structure.model;
  for (std::size_t p = 0; p < model.parameters.size(); ++p)
    if (model.parameters[p].name == "V" || model.parameters[p].name == "SLOPE") wrong.inclusion.omega[p] = 0;
  const auto choice = checked_choice(*pilot, wrong);
  ASSERT_TRUE(choice);
  for (const VariabilityChoice& v : choice->variabilities)
    EXPECT_EQ(v.kept, v.parameter != "SLOPE") << v.parameter;  // of a volume it can tell, of a slope hardly
}

INSTANTIATE_TEST_SUITE_P(Seeds, OneEarlyValue, ::testing::Values(1, 2, 3));

}  // namespace
}  // namespace qdose
