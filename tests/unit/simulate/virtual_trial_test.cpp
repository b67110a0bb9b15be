#include "qdose/simulate/virtual_trial.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "qdose/models/pd/indirect_stim_kout.hpp"
#include "qdose/models/pk/one_cmt_oral_lag.hpp"
#include "tests/support/reference.hpp"

namespace qdose {
namespace {

VirtualTrial make(const VirtualTrialSettings& settings, std::uint64_t seed = 1) {
  return simulate_trial(*design_of(settings), *truth_of(settings), seed).value();
}

TEST(VirtualTrial, HasTheArmsThatWereAskedFor) {
  VirtualTrialSettings settings;
  settings.levels = "0, 2.5, 7";
  settings.subjects = 5;
  settings.doses = 4;
  const VirtualTrial made = make(settings);
  ASSERT_EQ(made.trial.subjects.size(), 15u);
  for (std::size_t i = 0; i < 15; ++i) {
    const Subject& s = made.trial.subjects[i];
    EXPECT_EQ(s.dose_level(), i < 5 ? 0 : i < 10 ? 2.5 : 7);
    EXPECT_EQ(s.doses.size(), i < 5 ? 0u : 4u);
    EXPECT_EQ(s.concentrations.empty(), i < 5);
    EXPECT_FALSE(s.responses.empty());
    EXPECT_EQ(s.responses.front().time, 0);
    EXPECT_GE(s.covariates[0], 50);
    EXPECT_LE(s.covariates[0], 100);
  }
}

TEST(VirtualTrial, IsTheSameForTheSameSeedOnly) {
  const VirtualTrial a = make({}, 5), b = make({}, 5), c = make({}, 6);
  ASSERT_EQ(a.trial.subjects.size(), b.trial.subjects.size());
  bool differs = false;
  for (std::size_t i = 0; i < a.trial.subjects.size(); ++i)
    for (std::size_t k = 0; k < a.trial.subjects[i].responses.size(); ++k) {
      EXPECT_EQ(a.trial.subjects[i].responses[k].value, b.trial.subjects[i].responses[k].value);
      differs = differs || a.trial.subjects[i].responses[k].value != c.trial.subjects[i].responses[k].value;
    }
  EXPECT_TRUE(differs);
}

TEST(VirtualTrial, WithoutErrorsFollowsTheReferenceIntegrator) {
  VirtualTrialSettings settings;
  settings.pk = "pk_1c_oral_lag";
  settings.pd = "pd_indirect_stim_kout";
  settings.pk_residual = settings.pd_residual = 0;
  settings.subjects = 2;
  settings.doses = 5;
  settings.quantification = 0;
  const TrialDesign design = *design_of(settings);
  const VirtualTrial made = simulate_trial(design, *truth_of(settings), 9).value();
  for (std::size_t i = 0; i < made.trial.subjects.size(); ++i) {
    const Subject& s = made.trial.subjects[i];
    const auto& p = made.individual[i];
    const auto expected = reference<pk::OneCmtOralLag, pd::IndirectStimKout>(
        {s.doses, design.pk_times, design.pd_times}, {p[0], p[1], p[2], p[3]}, {p[4], p[5], p[6], p[7]});
    for (std::size_t k = 0; k < s.concentrations.size(); ++k)
      EXPECT_NEAR(s.concentrations[k].value, expected.concentration[k],
                  6e-5 * expected.concentration[k] + 1e-9);
    for (std::size_t k = 0; k < s.responses.size(); ++k)
      EXPECT_NEAR(s.responses[k].value, expected.response[k], 2e-3 * expected.response[k]);
  }
}

/// Mean and standard deviation.
std::pair<double, double> moments(const std::vector<double>& x) {
  double mean = 0, square = 0;
  for (double v : x) mean += v / static_cast<double>(x.size());
  for (double v : x) square += (v - mean) * (v - mean) / static_cast<double>(x.size() - 1);
  return {mean, std::sqrt(square)};
}

TEST(VirtualTrial, IndividualsScatterAsTheTruthSays) {
  VirtualTrialSettings settings;
  settings.subjects = 1000;
  settings.doses = 1;
  const VirtualTrial made = make(settings);
  const auto& truth = made.truth;
  const double standard_error = 0.25 / std::sqrt(4000.0);
  std::vector<double> clearance, baseline, inhibition;
  for (std::size_t i = 0; i < made.trial.subjects.size(); ++i) {
    const auto& covariates = made.trial.subjects[i].covariates;
    clearance.push_back(std::log(made.individual[i][0]) -
                        0.75 * std::log(covariates[0] / made.reference_weight));
    baseline.push_back(std::log(made.individual[i][5]) - covariates[1] * std::log(0.7));
    inhibition.push_back(std::log(made.individual[i][8] / (1 - made.individual[i][8])));
  }
  ASSERT_EQ(truth.parameters[0].symbol, "CL");
  ASSERT_EQ(truth.parameters[5].symbol, "R0");
  ASSERT_EQ(truth.parameters[8].symbol, "Imax");
  EXPECT_NEAR(moments(clearance).first, std::log(0.2), 4 * standard_error);
  EXPECT_NEAR(moments(clearance).second, 0.25, 4 * standard_error);
  EXPECT_NEAR(moments(baseline).first, std::log(12), 4 * standard_error);
  EXPECT_NEAR(moments(inhibition).first, std::log(0.9 / 0.1), 4 * standard_error);
}

TEST(VirtualTrial, ErrorsHaveTheSizeThatWasAskedFor) {
  VirtualTrialSettings settings;
  settings.subjects = 50;
  settings.levels = "0";
  settings.pd_residual = 0.08;
  const VirtualTrial made = make(settings);
  std::vector<double> errors;
  for (std::size_t i = 0; i < made.trial.subjects.size(); ++i)
    for (const Observation& o : made.trial.subjects[i].responses)
      errors.push_back(o.value / made.individual[i][5] - 1);  // placebo stays at its baseline
  EXPECT_NEAR(moments(errors).first, 0, 4 * 0.08 / std::sqrt(static_cast<double>(errors.size())));
  EXPECT_NEAR(moments(errors).second, 0.08, 4 * 0.08 / std::sqrt(2.0 * static_cast<double>(errors.size())));
}

TEST(VirtualTrial, ReportsNothingBelowTheLimitOfQuantification) {
  VirtualTrialSettings settings;
  settings.pk = "pk_1c_iv_mm";  // eliminated to nothing within the washout
  settings.quantification = 0.01;
  const VirtualTrial limited = make(settings);
  settings.quantification = 0;
  const VirtualTrial all = make(settings);
  ASSERT_GT(limited.quantification_limit, 0);
  std::size_t left_out = 0;
  for (std::size_t i = 0; i < all.trial.subjects.size(); ++i) {
    std::vector<double> expected, got;
    for (const Observation& o : all.trial.subjects[i].concentrations) {
      if (o.value >= limited.quantification_limit)
        expected.push_back(o.value);
      else
        ++left_out;
    }
    for (const Observation& o : limited.trial.subjects[i].concentrations) got.push_back(o.value);
    EXPECT_EQ(got, expected);
  }
  EXPECT_GT(left_out, 20u);
}

TEST(VirtualTrial, FlagsValuesBelowTheLimitWhenAsked) {
  VirtualTrialSettings settings;
  settings.pk = "pk_1c_iv_mm";
  settings.quantification = 0.01;
  settings.flag_below_limit = true;
  const VirtualTrial made = make(settings);
  std::size_t flagged = 0, times = design_of(settings)->pk_times.size();
  for (const Subject& s : made.trial.subjects) {
    EXPECT_EQ(s.concentrations.size(), s.doses.empty() ? 0 : times);
    for (const Observation& o : s.concentrations) {
      EXPECT_EQ(o.limit, made.quantification_limit);
      flagged += o.below_limit;
      EXPECT_TRUE(o.below_limit || o.value >= o.limit);
    }
  }
  EXPECT_GT(flagged, 20u);
}

TEST(VirtualTrial, DosesMayBeMissedAndIrregularAndValuesFew) {
  VirtualTrialSettings settings;
  settings.subjects = 40;
  settings.missed_doses = 0.2;
  settings.irregular_h = 3;
  settings.sparse = 4;
  settings.quantification = 0;
  const VirtualTrial made = make(settings);
  std::size_t doses = 0, treated = 0;
  for (const Subject& s : made.trial.subjects) {
    EXPECT_EQ(s.responses.size(), 4u);
    if (s.doses.empty()) continue;
    ++treated;
    doses += s.doses.size();
    EXPECT_EQ(s.concentrations.size(), 4u);
    EXPECT_EQ(s.doses.front().time, 0);
    for (const Dose& d : s.doses) EXPECT_LE(std::abs(d.time - 24 * std::round(d.time / 24)), 3.001);
  }
  EXPECT_NEAR(static_cast<double>(doses) / static_cast<double>(treated), 1 + 20 * 0.8, 0.8);
}

TEST(VirtualTrial, OwnTimesInfusionsAndEffects) {
  VirtualTrialSettings settings;
  settings.pk = "pk_2c_iv";
  settings.infusion_h = 2;
  settings.pk_times = "1, 6,24";
  settings.pd_times = "0, 48";
  settings.effects = "COMED_on_CL=-0.5";
  settings.pd_additive = 0.3;
  const VirtualTrial made = make(settings);
  EXPECT_EQ(made.trial.route, Route::infusion);
  const Subject& s = made.trial.subjects.back();
  EXPECT_EQ(s.doses[0].duration, 2);
  ASSERT_EQ(s.concentrations.size(), 3u);
  EXPECT_EQ(s.concentrations[1].time, 6);
  ASSERT_EQ(s.responses.size(), 2u);
  ASSERT_EQ(made.truth.effects.size(), 1u);
  EXPECT_EQ(made.truth.effects[0].beta, -0.5);
  EXPECT_EQ(made.truth.pd_additive, 0.3);
}

TEST(VirtualTrial, LosesTheFractionOfValuesThatWasAskedFor) {
  VirtualTrialSettings settings;
  settings.missing = 0.3;
  settings.subjects = 50;
  const TrialDesign design = *design_of(settings);
  const VirtualTrial made = simulate_trial(design, *truth_of(settings), 1).value();
  std::size_t kept = 0;
  for (const Subject& s : made.trial.subjects) kept += s.responses.size();
  const double all = static_cast<double>(made.trial.subjects.size() * design.pd_times.size());
  EXPECT_NEAR(static_cast<double>(kept) / all, 0.7, 4 * std::sqrt(0.21 / all));
}

TEST(VirtualTrial, PosesAQuestionWithinTheDosesForEveryClass) {
  for (const ModelInfo& pk : pk_models())
    for (const ModelInfo& pd : pd_models()) {
      VirtualTrialSettings settings;
      settings.pk = pk.about.id;
      settings.pd = pd.about.id;
      settings.subjects = 1;
      const VirtualTrial made = make(settings);
      EXPECT_TRUE(std::isfinite(made.threshold));
      // Well away from the baseline of 12 ng/mL, in the direction of the effect.
      if (made.keep_below)
        EXPECT_LT(made.threshold, 9) << settings.pk << " " << settings.pd;
      else
        EXPECT_GT(made.threshold, 14) << settings.pk << " " << settings.pd;
      EXPECT_EQ(made.trial.route == Route::extravascular, pk.extravascular);
    }
}

TEST(VirtualTrial, TellsItsTruth) {
  VirtualTrialSettings settings;
  settings.values = "CL=4, V=60, omega_CL = 0.4";
  settings.pk = "pk_1c_oral";
  const TrialDesign design = *design_of(settings);
  const VirtualTrial made = simulate_trial(design, *truth_of(settings), 12).value();
  const auto json = nlohmann::json::parse(truth_json(made, design, 12));
  EXPECT_EQ(json["pk_class"], "pk_1c_oral");
  EXPECT_EQ(json["parameters"]["CL"]["typical"], 4);
  EXPECT_EQ(json["parameters"]["CL"]["omega"], 0.4);
  EXPECT_EQ(json["covariate_effects"]["BW_on_CL"], 0.75);
  EXPECT_EQ(json["subjects"].size(), made.trial.subjects.size());
  EXPECT_NEAR(json["subjects"][3]["V"].get<double>(), made.individual[3][1], 1e-6 * made.individual[3][1]);
  EXPECT_EQ(json["question"]["direction"], "below");
}

TEST(VirtualTrialSettings, NameEveryFault) {
  VirtualTrialSettings settings;
  settings.design = "dayly";
  settings.levels = "0, x";
  settings.subjects = 0;
  settings.missing = -1;
  const auto design = design_of(settings);
  ASSERT_FALSE(design.ok());
  EXPECT_EQ(design.errors().size(), 4u);
  EXPECT_THAT(describe(design.errors()), testing::HasSubstr("daily"));

  settings.pk = "pk_2c_orl";
  settings.pd = "pk_2c_oral";
  ASSERT_FALSE(truth_of(settings).ok());
  EXPECT_EQ(truth_of(settings).errors().size(), 2u);

  settings = {};
  settings.pk_times = "1, x";
  settings.missed_doses = 2;
  settings.sparse = -1;
  EXPECT_EQ(design_of(settings).errors().size(), 3u);

  settings = {};
  settings.effects = "BW_on_CLL=1, AGE_on_CL=1, CL=2";
  EXPECT_EQ(truth_of(settings).errors().size(), 3u) << describe(truth_of(settings).errors());
  settings = {};
  settings.infusion_h = 2;  // the default class is oral
  EXPECT_EQ(truth_of(settings).errors().size(), 1u);

  settings = {};
  settings.values = "CLL=3, Imax=1.5, CL=-1, omega_V=0.2";
  ASSERT_FALSE(truth_of(settings).ok());
  EXPECT_EQ(truth_of(settings).errors().size(), 4u) << describe(truth_of(settings).errors());
}

}  // namespace
}  // namespace qdose
