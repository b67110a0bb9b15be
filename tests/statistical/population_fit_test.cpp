// The population posterior and its sampler together, against truths drawn from the model itself.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

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

/// A copy of the problem whose values are simulated from a truth drawn from its priors; returns that truth.
std::vector<double> simulate_into(PopulationProblem& problem, const Trial& trial, std::uint64_t item) {
  Stream random(41, Purpose::property_test, item);
  const Layout& layout = problem.layout;
  const PopulationPriors& priors = problem.structure.priors;
  std::vector<double> truth(layout.head);
  const auto draw = [&](std::ptrdiff_t place, const Normal& prior) {
    if (place != absent) truth[static_cast<std::size_t>(place)] = prior.mean + prior.sd * random.normal();
  };
  for (std::size_t p = 0; p < layout.typical.size(); ++p) {
    draw(layout.typical[p], priors.typical[p]);
    draw(layout.log_omega[p], priors.log_omega[p]);
  }
  for (std::size_t e = 0; e < layout.beta.size(); ++e)
    draw(static_cast<std::ptrdiff_t>(layout.beta[e]), priors.beta[e]);
  draw(layout.log_pk_proportional, priors.log_pk_proportional);
  draw(layout.log_pk_additive, priors.log_pk_additive);
  const auto at = [&](std::ptrdiff_t place) { return truth[static_cast<std::size_t>(place)]; };
  const PopulationModel& model = problem.structure.model;
  BatchEvaluation evaluation;
  evaluation.natural.resize(model.parameters.size());
  for (ProblemBatch& batch : problem.batches) {
    for (std::size_t p = 0; p < model.parameters.size(); ++p)
      for (std::size_t l = 0; l < lanes; ++l) {
        double phi = at(layout.typical[p]) + std::exp(at(layout.log_omega[p])) * random.normal();
        for (std::size_t e = 0; e < model.effects.size(); ++e)
          if (model.effects[e].parameter == p) phi += truth[layout.beta[e]] * batch.inputs[e][l];
        evaluation.natural[p][l] = to_natural(model.parameters[p].scale, phi);
      }
    evaluation.predict(problem, batch.data.plan);
    for (std::size_t k = 0; k < batch.data.pk.mean.size(); ++k)
      for (std::size_t l = 0; l < lanes; ++l) {
        const double f = evaluation.concentration[k][l];
        batch.data.pk.mean[k][l] = f * (1 + std::exp(at(layout.log_pk_proportional)) * random.normal()) +
                                   std::exp(at(layout.log_pk_additive)) * random.normal();
      }
  }
  EXPECT_EQ(trial.subjects.size(), 8u);
  return truth;
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

/// Simulation-based calibration (Talts et al. 2018): ranks of the truth among posterior draws are uniform
/// when density, gradient, warm-up and transitions are all correct. One chi-square over all parameters' ranks
/// in 8 bins, each parameter at a level of 1e-4; the seed is fixed.
TEST(Calibration, RanksOfTheTruthAreUniform) {
  constexpr int repetitions = 256, bins = 8, draws = 240;
  const TrialRecipe recipe = small_recipe();
  const Trial trial = testing::simulate_small_trial(recipe);
  FitSettings fit_settings;
  const auto problem = make_problem(trial, recipe.pk_id, "", fit_settings, {{"CL", {0.2, 1}}, {"V", {4, 1}}});
  ASSERT_TRUE(problem);
  auto base = std::make_shared<PopulationProblem>(**problem);
  base->structure.priors = narrow(base->structure.priors);
  std::vector<std::vector<int>> counts(base->layout.head, std::vector<int>(bins));
  for (std::uint64_t r = 0; r < repetitions; ++r) {
    auto own = std::make_shared<PopulationProblem>(*base);
    const std::vector<double> truth = simulate_into(*own, trial, r);
    PopulationDensity density(own);
    const auto starts = find_starts(density, 2, 1.0, r, 2);
    ASSERT_TRUE(starts);
    const auto result =
        sample(density, starts->positions, settings_of(Algorithm::qihmc, draws), silent_progress());
    ASSERT_TRUE(result) << describe(result.errors()) << r;
    for (std::size_t i = 0; i < truth.size(); ++i) {
      int below = 0, used = 0;
      for (const Chain& chain : result->chains)
        for (std::size_t k = 4; k < chain.draws.size(); k += 5, ++used)  // thinned to be nearly independent
          below += chain.draws[k][i] < truth[i];
      ++counts[i][static_cast<std::size_t>(below * bins / (used + 1))];
    }
  }
  constexpr double limit = 29.9;  // 99.99% of chi-square with 7 degrees of freedom
  const auto names = coordinate_names(base->layout, base->structure.model, trial);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    double statistic = 0;
    for (int c : counts[i]) statistic += std::pow(c - repetitions / double(bins), 2) * bins / repetitions;
    EXPECT_LT(statistic, limit) << names[i];
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
