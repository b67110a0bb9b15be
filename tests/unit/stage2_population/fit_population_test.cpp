#include "qdose/stage2_population/fit_population.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "qdose/results/effect_correlation.hpp"
#include "qdose/stage2_population/starts.hpp"
#include "tests/support/small_trials.hpp"

namespace qdose {
namespace {

using testing::simulate_small_trial;
using testing::TrialRecipe;

TrialRecipe recipe() {
  TrialRecipe r;
  r.typical = {{"CL", 0.2}, {"V", 4}, {"ka", 0.8}, {"R0", 10}, {"kout", 0.05}, {"IC50", 0.5}, {"Imax", 0.85}};
  r.omega = {{"CL", 0.25}, {"Imax", 0.3}, {"kout", 0.1}};
  return r;
}

const StartingScales scales{{"CL", {0.3, 1}}, {"V", {6, 1}},       {"ka", {0.5, 1}},
                            {"R0", {12, 1}},  {"kout", {0.03, 1}}, {"IC50", {1, 1}}};

const ParameterSummary& find(const Fit& fit, const std::string& name) {
  for (const ParameterSummary& p : fit.parameters)
    if (p.name == name) return p;
  ADD_FAILURE() << name << " is not reported";
  return fit.parameters.front();
}

/// One fit of the small trial, shared by the tests that read it.
const Fit& fitted() {
  static const Fit fit = [] {
    FitSettings settings;
    settings.threads = 2;
    settings.draws = 400;
    const TrialRecipe r = recipe();
    auto result =
        fit_population(simulate_small_trial(r), r.pk_id, r.pd_id, settings, scales, silent_progress());
    EXPECT_TRUE(result) << (result ? "" : describe(result.errors()));
    return result ? *result : Fit{};
  }();
  return fit;
}

TEST(FitPopulation, FindsTheTruthWithinItsUncertainty) {
  const Fit& fit = fitted();
  for (const auto& [name, truth] : std::map<std::string, double>{{"CL", 0.2},
                                                                 {"V", 4},
                                                                 {"ka", 0.8},
                                                                 {"R0", 10},
                                                                 {"kout", 0.05},
                                                                 {"IC50", 0.5},
                                                                 {"kin", 0.5},
                                                                 {"Imax", 0.85},
                                                                 {"omega_CL", 0.25},
                                                                 {"BW_on_CL", 0.75},
                                                                 {"COMED_on_R0", -0.2},
                                                                 {"sigma_pk_prop", 0.1},
                                                                 {"sigma_pd_prop", 0.08}}) {
    const ParameterSummary& p = find(fit, name);
    EXPECT_LT(std::abs(p.mean - truth), 3.5 * p.sd) << name;
    EXPECT_LT(p.q5, p.q95) << name;
  }
}

TEST(FitPopulation, Converges) {
  const Fit& fit = fitted();
  EXPECT_LE(fit.r_hat_max, 1.02);
  EXPECT_GE(fit.ess_bulk_min, 200);
  // Twelve seeds of this trial gave 12 divergences in 116,000 draws, nowhere in particular: none at one seed
  // would be a matter of rounding.
  EXPECT_LE(fit.divergences, static_cast<long>(fit.draws.size() / 1000));
  EXPECT_EQ(fit.draws.size(), fit.chains * fit.draws_per_chain);
  for (const ChainInfo& chain : fit.chain_info) EXPECT_GT(chain.e_bfmi, 0.3);
}

TEST(FitPopulation, DescribesSubjectsBetterThanTheirCovariatesDo) {
  const Fit& fit = fitted();
  EXPECT_EQ(fit.pk_fits.size(), 12u);
  EXPECT_EQ(fit.pd_fits.size(), 16u);
  EXPECT_LT(fit.pk_rmse.individual, fit.pk_rmse.population);
  EXPECT_LT(fit.pd_rmse.individual, fit.pd_rmse.population);
  for (const IndividualFit& f : fit.pk_fits) {
    EXPECT_EQ(f.time.size(), f.observed.size());
    for (std::size_t k = 0; k < f.curve_time.size(); ++k) {
      EXPECT_LE(f.curve_q5[k], f.curve_q50[k]);
      EXPECT_LE(f.curve_q50[k], f.curve_q95[k]);
      EXPECT_TRUE(k == 0 || f.curve_time[k - 1] < f.curve_time[k]);
    }
  }
}

TEST(FitPopulation, ShrinkageSaysWhoseDataInform) {
  const Fit& fit = fitted();
  std::size_t clearance = 0, baseline = 0;
  for (std::size_t p = 0; p < fit.model.parameters.size(); ++p) {
    if (fit.model.parameters[p].name == "CL") clearance = p;
    if (fit.model.parameters[p].name == "R0") baseline = p;
  }
  EXPECT_GT(fit.individuals[0].shrinkage[clearance], 0.7);    // dosed, densely sampled
  EXPECT_LT(fit.individuals[14].shrinkage[clearance], 0.15);  // placebo: nothing but the population
  EXPECT_GT(fit.individuals[14].shrinkage[baseline], 0.5);
}

/// Eta shrinkage by hand, over the twelve dosed subjects for clearance.
TEST(FitPopulation, EtaShrinkageIsThatOfInformedSubjects) {
  const Fit& fit = fitted();
  const auto own = std::ranges::find(fit.etas, "CL", &EtaSummary::parameter);
  ASSERT_NE(own, fit.etas.end());
  const auto clearance =
      static_cast<std::size_t>(std::ranges::find(fit.model.parameters, "CL", &PopulationParameter::name) -
                               fit.model.parameters.begin());
  double sum = 0, squares = 0, omega = 0, n = 0;
  for (const IndividualEstimate& subject : fit.individuals) {
    if (std::ranges::find(fit.pk_fits, subject.id, &IndividualFit::id) == fit.pk_fits.end()) continue;
    sum += subject.eta[clearance], squares += subject.eta[clearance] * subject.eta[clearance], n += 1;
  }
  for (const PopulationDraw& draw : fit.draws)
    omega += draw.omega[clearance] / static_cast<double>(fit.draws.size());
  EXPECT_EQ(n, 12);
  EXPECT_NEAR(own->shrinkage, 1 - std::sqrt((squares - sum * sum / n) / (n - 1)) / omega, 1e-9);
}

/// Neighbours in the parameter table are correlated by 0.8, so others by powers of it.
TEST(FitPopulation, AFullOmegaFindsTheCorrelation) {
  TrialRecipe r = recipe();
  r.correlation = 0.8;
  r.dosed = 36;
  r.omega = {{"CL", 0.3}, {"V", 0.3}};
  FitSettings settings;
  settings.omega = "full";
  settings.warmup = 150;
  settings.draws = settings.most_draws = 800;  // R-hat of 200 draws is a matter of the seed
  settings.threads = 2;
  const auto fit =
      fit_population(simulate_small_trial(r), r.pk_id, r.pd_id, settings, scales, silent_progress());
  ASSERT_TRUE(fit);
  const ParameterSummary& correlation = find(*fit, "corr_V_CL");
  EXPECT_GT(correlation.q5, 0.3);
  EXPECT_GT(correlation.mean, 0.55);
  EXPECT_LT(correlation.mean, 0.95);
  EXPECT_LT(fit->r_hat_max, 1.05);
  for (const PopulationDraw& draw : fit->draws)
    EXPECT_EQ(draw.correlation.size(), effect_pairs(fit->model).size());
}

TEST(FitPopulation, SimulatedTrialsCoverTheObservedOne) {
  const Fit& fit = fitted();
  ASSERT_EQ(fit.pk_check.size(), 2u);
  ASSERT_EQ(fit.pd_check.size(), 3u);
  int inside = 0, all = 0;
  for (const auto* checks : {&fit.pk_check, &fit.pd_check})
    for (const PredictiveBand& band : *checks)
      for (std::size_t b = 0; b < band.time.size(); ++b) {
        EXPECT_LE(band.low_p50[b], band.high_p50[b]);
        inside += band.observed_p50[b] >= band.low_p50[b] && band.observed_p50[b] <= band.high_p50[b];
        ++all;
      }
  EXPECT_GT(inside, 0.6 * all);
}

TEST(FitPopulation, ChecksTheShareBelowTheLimit) {
  const TrialRecipe r = recipe();
  Trial trial = simulate_small_trial(r);
  constexpr double limit = 0.1;
  double below = 0;
  for (Subject& s : trial.subjects)
    for (Observation& o : s.concentrations) {
      o.limit = limit;
      o.below_limit = o.value < limit;
      if (!o.below_limit) continue;
      o.value = 0.5 * limit;
      ++below;
    }
  ASSERT_GT(below, 5);
  FitSettings settings;
  settings.draws = settings.most_draws = 150;
  const auto fit = fit_population(trial, r.pk_id, r.pd_id, settings, scales, silent_progress());
  ASSERT_TRUE(fit) << describe(fit.errors());
  int inside = 0, all = 0;
  double seen = 0;
  for (const PredictiveBand& band : fit->pk_check) {
    ASSERT_EQ(band.observed_below.size(), band.time.size());
    for (std::size_t b = 0; b < band.time.size(); ++b, ++all) {
      seen += band.observed_below[b];
      inside += band.observed_below[b] >= band.low_below[b] && band.observed_below[b] <= band.high_below[b];
    }
  }
  EXPECT_GT(seen, 0);
  EXPECT_GE(inside, 0.8 * all);
  EXPECT_TRUE(fit->pd_check.front().observed_below.empty());  // no limit is known there
  for (const IndividualFit& f : fit->pk_fits)                 // censored or not, nothing stands out
    for (double residual : f.iwres) EXPECT_LT(std::abs(residual), 6);
}

TEST(FitPopulation, TellsThePriorOfWhatItSampled) {
  const ParameterSummary& clearance = find(fitted(), "CL");
  EXPECT_EQ(clearance.prior.scale, "log");
  EXPECT_DOUBLE_EQ(clearance.prior.mean, std::log(scales.at("CL").typical));
  EXPECT_DOUBLE_EQ(clearance.prior.sd, scales.at("CL").sd);
  EXPECT_EQ(find(fitted(), "Imax").prior.scale, "logit");
  EXPECT_EQ(find(fitted(), "BW_on_CL").prior.scale, "identity");
  EXPECT_TRUE(find(fitted(), "kin").prior.scale.empty());  // of R0 and kout
}

TEST(FitPopulation, IsTheSameAtAnyThreadCount) {
  FitSettings settings;
  settings.warmup = settings.draws = settings.most_draws = 100;
  TrialRecipe r = recipe();
  r.dosed = 6;
  r.placebo = 2;
  const Trial trial = simulate_small_trial(r);
  const auto one = fit_population(trial, r.pk_id, r.pd_id, settings, scales, silent_progress());
  settings.threads = 3;
  const auto three = fit_population(trial, r.pk_id, r.pd_id, settings, scales, silent_progress());
  ASSERT_TRUE(one && three);
  EXPECT_EQ(one->traces, three->traces);
  EXPECT_EQ(one->loo.elpd, three->loo.elpd);
  EXPECT_EQ(one->pk_rmse.individual, three->pk_rmse.individual);
  EXPECT_EQ(one->pd_check[0].high_p90, three->pd_check[0].high_p90);
  settings.seed = 2;
  EXPECT_NE(fit_population(trial, r.pk_id, r.pd_id, settings, scales, silent_progress())->traces,
            one->traces);
}

TEST(FitPopulation, FitsConcentrationsAlone) {
  FitSettings settings;
  settings.warmup = settings.draws = settings.most_draws = 100;
  TrialRecipe r = recipe();
  const auto fit = fit_population(simulate_small_trial(r), r.pk_id, "", settings, scales, silent_progress());
  ASSERT_TRUE(fit) << describe(fit.errors());
  EXPECT_TRUE(fit->pd_fits.empty());
  EXPECT_TRUE(fit->pd_check.empty());
  for (const ParameterSummary& p : fit->parameters) EXPECT_EQ(p.name.find("pd"), std::string::npos);
}

TEST(FitPopulation, SaysWhatIsWrong) {
  const TrialRecipe r = recipe();
  const Trial trial = simulate_small_trial(r);
  FitSettings settings;
  settings.sampler = "gibbs";
  auto result = fit_population(trial, r.pk_id, r.pd_id, settings, scales, silent_progress());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.errors()[0].fault, Fault::bad_usage);
  result = fit_population(trial, "pk_unknown", r.pd_id, {}, scales, silent_progress());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.errors()[0].fault, Fault::bad_usage);
  Trial empty = trial;
  for (Subject& subject : empty.subjects) {
    subject.concentrations.clear();
    subject.responses.clear();
  }
  result = fit_population(empty, r.pk_id, r.pd_id, {}, scales, silent_progress());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.errors()[0].fault, Fault::bad_input);
}

}  // namespace
}  // namespace qdose
