// The population posterior and its sampler together, against truths drawn from the model itself.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "qdose/stage2_population/calibrate.hpp"
#include "qdose/stage2_population/population_density.hpp"
#include "qdose/stage2_population/sampler.hpp"
#include "qdose/stage2_population/starts.hpp"
#include "tests/support/small_trials.hpp"

namespace qdose {
namespace {

using testing::TrialRecipe;

/// Eight subjects, one compartment, one covariate effect that matters: small enough for many fits.
TrialRecipe small_recipe() {
  TrialRecipe recipe;
  recipe.pk_id = "pk_1c_iv";
  recipe.typical = {{"CL", 0.2}, {"V", 4}};
  recipe.dosed = 8;
  recipe.placebo = 0;
  recipe.doses = 2;
  recipe.pk_times = {1, 4, 10, 23, 30, 48};
  recipe.pd_times = {};
  return recipe;
}

/// Priors narrow enough that simulated values stay positive, wide enough that the data matter.
PopulationPriors narrow(PopulationPriors priors) {
  for (Normal& n : priors.typical) n.sd = 0.4;
  for (Normal& n : priors.log_omega) n = {std::log(0.25), 0.5};
  priors.log_pk_proportional = {std::log(0.1), 0.25};
  priors.log_pk_additive = {std::log(0.005), 0.5};
  return priors;
}

SamplerSettings settings_of(Algorithm algorithm, int draws) {
  SamplerSettings settings;
  settings.algorithm = algorithm;
  settings.spread = algorithm == Algorithm::qihmc ? 0.1 : 0.0;
  settings.warmup = 250;
  settings.draws = settings.most_draws = draws;
  settings.threads = 2;
  return settings;
}

std::shared_ptr<const PopulationProblem> small_problem(const Trial& trial) {
  const TrialRecipe recipe = small_recipe();
  const auto problem = make_problem(trial, recipe.pk_id, "", {}, {{"CL", {0.2, 1}}, {"V", {4, 1}}});
  auto own = std::make_shared<PopulationProblem>(**problem);
  own->structure.priors = narrow(own->structure.priors);
  return own;
}

/// Ranks of the truth are uniform when density, gradient, warm-up and transitions are all correct (Talts et
/// al. 2018). The seed is fixed: what passes once passes always.
TEST(Calibration, RanksOfTheTruthAreUniform) {
  const Trial trial = testing::simulate_small_trial(small_recipe());
  const auto result = calibrate(small_problem(trial), trial, settings_of(Algorithm::qihmc, 240), 200, false,
                                41, silent_progress());
  ASSERT_TRUE(result) << describe(result.errors());
  EXPECT_EQ(result->failed, 0);
  EXPECT_TRUE(result->uniform) << result->p_value;
  EXPECT_EQ(result->quantities.size(), small_problem(trial)->layout.head);
}

/// Where rejections are rare, or equally frequent everywhere, dropping rejected states hardly biases
/// anything. Three sparsely observed subjects and coarse steps make them depend on the place: the same refits
/// are uniform with, and not without, them.
TEST(Calibration, SeesRejectedStatesDropped) {
  TrialRecipe recipe = small_recipe();
  recipe.dosed = 3;
  recipe.pk_times = {4, 30};
  const Trial trial = testing::simulate_small_trial(recipe);
  auto problem = std::make_shared<PopulationProblem>(*small_problem(trial));
  for (Normal& prior : problem->structure.priors.log_omega) prior.sd = 1.0;
  SamplerSettings settings = settings_of(Algorithm::hmc, 720);  // long enough for chains that are this slow
  settings.metric = MetricKind::diagonal;
  settings.target_acceptance = 0.15;  // asked for; steps that are shortened to a length reach more
  for (const bool planted : {false, true}) {
    const auto result = calibrate(problem, trial, settings, 200, planted, 41, silent_progress());
    ASSERT_TRUE(result) << describe(result.errors());
    EXPECT_EQ(result->uniform, !planted) << result->p_value;
  }
}

TEST(Agreement, AllSamplersGiveOnePosterior) {
  TrialRecipe recipe;
  recipe.typical = {{"CL", 0.2}, {"V", 4}, {"ka", 0.8}, {"kout", 0.05}, {"IC50", 0.5}, {"Imax", 0.8}};
  const Trial trial = testing::simulate_small_trial(recipe);
  const auto problem = make_problem(trial, recipe.pk_id, recipe.pd_id, {},
                                    {{"CL", {0.3, 1}}, {"V", {3, 1}}, {"ka", {1, 1}}, {"IC50", {1, 1}}});
  ASSERT_TRUE(problem);
  const std::size_t head = (*problem)->layout.head;
  const auto names = coordinate_names((*problem)->layout, (*problem)->structure.model, trial);
  std::vector<std::vector<double>> means, errors;
  for (const auto& [algorithm, metric] : {std::pair{Algorithm::qihmc, MetricKind::arrow},
                                          {Algorithm::nuts, MetricKind::arrow},
                                          {Algorithm::hmc, MetricKind::diagonal}}) {
    PopulationDensity density(*problem);
    const auto starts = find_starts(density, 4, 2.0, 3, 2);
    ASSERT_TRUE(starts);
    SamplerSettings settings = settings_of(algorithm, 1000);
    settings.metric = metric;
    settings.warmup = 500;
    const auto result = sample(density, starts->positions, settings, silent_progress());
    ASSERT_TRUE(result);
    const auto convergence = convergence_of(*result, 2);
    means.emplace_back(head);
    errors.emplace_back(head);
    for (std::size_t i = 0; i < head; ++i) {
      for (const Chain& chain : result->chains)
        for (const auto& x : chain.draws) means.back()[i] += x[i] / 4000.0;
      errors.back()[i] = convergence[i].mcse_mean;
    }
  }
  for (std::size_t s = 1; s < means.size(); ++s)
    for (std::size_t i = 0; i < head; ++i)
      EXPECT_LT(std::abs(means[s][i] - means[0][i]), 5 * std::hypot(errors[s][i], errors[0][i]))
          << names[i] << s;
}

}  // namespace
}  // namespace qdose
