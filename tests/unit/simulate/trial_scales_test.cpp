#include "qdose/simulate/trial_scales.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "qdose/simulate/nca.hpp"
#include "qdose/simulate/virtual_trial.hpp"

namespace qdose {
namespace {

Trial simulated(VirtualTrialSettings settings, std::uint64_t seed = 1) {
  return simulate_trial(*design_of(settings), *truth_of(settings), seed).value().trial;
}

/// Everybody alike, without errors.
VirtualTrialSettings exact(std::string pk, std::string pd) {
  VirtualTrialSettings s;
  s.pk = std::move(pk);
  s.pd = std::move(pd);
  s.between_subjects = 0;
  s.pk_residual = s.pd_residual = 0;
  s.covariate_effects = false;
  return s;
}

TEST(Quantiles, InterpolateAndTakeEvenLists) {
  EXPECT_FALSE(median_of({}));
  EXPECT_DOUBLE_EQ(*median_of({3, 1, 2}), 2);
  EXPECT_DOUBLE_EQ(*median_of({4, 1, 2, 3}), 2.5);
  EXPECT_DOUBLE_EQ(quantile_of({10, 0, 20}, 0.25), 5);
}

TEST(TrialScales, FindTheSizesThatMadeTheTrial) {
  for (const char* design : {"daily", "single"}) {
    VirtualTrialSettings settings = exact("pk_1c_oral", "pd_indirect_inhib_kin");
    settings.design = design;
    const TrialScales s = trial_scales(simulated(settings));
    EXPECT_NEAR(s.clearance, 0.2, 0.02) << design;
    EXPECT_NEAR(s.half_life, std::log(2.0) * 8 / 0.2, 2.0) << design;
    EXPECT_NEAR(s.baseline, 12, 1e-3) << design;
    EXPECT_LT(s.effect, -0.2) << design;
    EXPECT_EQ(s.pk_first, 1) << design;
  }
}

TEST(TrialScales, SeeTheDirectionOfTheEffect) {
  EXPECT_LT(trial_scales(simulated(exact("pk_2c_iv", "pd_indirect_stim_kout"))).effect, -0.5);
  EXPECT_GT(trial_scales(simulated(exact("pk_2c_iv", "pd_indirect_stim_kin"))).effect, 0.5);
}

TEST(TrialScales, GuessTheResidualErrors) {
  VirtualTrialSettings settings;
  settings.pk_residual = 0.2;
  settings.pd_residual = 0.06;
  const TrialScales s = trial_scales(simulated(settings));
  EXPECT_NEAR(s.pk_noise, 0.2, 0.06);
  EXPECT_NEAR(s.pd_noise, 0.06, 0.02);
}

TEST(TrialScales, AreUsableForATrialThatLacksEverything) {
  Trial trial;
  for (int kind = 0; kind < 3; ++kind) {
    if (kind == 1) trial.subjects.resize(2);  // placebo subjects without values
    if (kind == 2) {
      trial.subjects[0].doses = {{0, 5, 0}};  // one value below quantification
      trial.subjects[0].concentrations = {{1, 0.0, 3}};
      trial.subjects[1].responses = {{0, 4.0, 4}};
    }
    const TrialScales s = trial_scales(trial);
    for (double x : {s.interval, s.pk_first, s.pk_profile, s.pd_first, s.pd_span, s.clearance, s.half_life,
                     s.peak_time, s.concentration_low, s.concentration_high, s.pk_noise, s.baseline,
                     s.baseline_spread, s.onset, s.pd_noise, std::abs(s.effect)}) {
      EXPECT_TRUE(std::isfinite(x)) << kind;
      EXPECT_GT(x, 0) << kind;
    }
  }
}

}  // namespace
}  // namespace qdose
