#include "qdose/stage2_population/run_bake_off.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>

#include "qdose/stage2_population/choose_structure.hpp"
#include "qdose/stage2_population/chosen_sampler.hpp"
#include "qdose/stage2_population/population_density.hpp"
#include "qdose/stage2_population/starts.hpp"

namespace qdose {
namespace {

struct Contestant {
  const char* sampler;
  const char* form;
  const char* integrator;
  double target_acceptance;
};
constexpr Contestant contestants[] = {
    {"qihmc", "S", "auto", 0.8}, {"qihmc", "D", "auto", 0.8}, {"qihmc", "S", "leapfrog", 0.8},
    {"hmc", "S", "auto", 0.8},   {"nuts", "S", "auto", 0.6},  {"nuts", "S", "auto", 0.7},
    {"nuts", "S", "auto", 0.8},  {"nuts", "S", "auto", 0.9},  {"nuts", "S", "two-stage", 0.8}};

double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Keeps the draws that were paid for when the chains together, in step, had used up the budget.
void cut_to_budget(Sample& sample, long budget) {
  long gradients = sample.gradients_warmup;
  std::size_t kept = 0;
  while (kept < sample.chains.front().draws.size()) {
    long next = gradients;
    for (const Chain& chain : sample.chains) next += chain.steps[kept];
    if (next > budget) break;
    gradients = next;
    ++kept;
  }
  sample.gradients_sampling = gradients - sample.gradients_warmup;
  for (Chain& chain : sample.chains) {
    chain.draws.resize(kept);
    chain.diverged.resize(kept);
  }
}

BakeOffRun judged(const Sample& sample) {
  BakeOffRun run;
  run.gradients_warmup = sample.gradients_warmup;
  run.gradients = sample.gradients_warmup + sample.gradients_sampling;
  run.ess_bulk_min = run.ess_tail_min = INFINITY;
  for (const Chain& chain : sample.chains) {
    run.draws += static_cast<long>(chain.draws.size());
    run.divergences += std::count(chain.diverged.begin(), chain.diverged.end(), 1);
  }
  for (const Convergence& c : convergence_of(sample, 1)) {
    run.ess_bulk_min = std::min(run.ess_bulk_min, c.ess_bulk);
    run.ess_tail_min = std::min(run.ess_tail_min, c.ess_tail);
    run.r_hat_max = std::max(run.r_hat_max, c.r_hat);
  }
  return run;
}

Result<BakeOffRun> compete(std::shared_ptr<const PopulationProblem> problem, const Contestant& contestant,
                           FitSettings fit_settings, std::uint64_t seed, long budget) {
  constexpr int batch = 50;
  constexpr std::size_t fewest_draws = 8;  // split R-hat needs four a half
  constexpr double dispersion = 2.0;
  fit_settings.sampler = contestant.sampler;
  fit_settings.form = contestant.form;
  fit_settings.integrator = contestant.integrator;
  fit_settings.target_acceptance = contestant.target_acceptance;
  fit_settings.seed = seed;
  fit_settings.checkpoint.clear();
  fit_settings.resume = false;
  auto chosen = chosen_sampler(fit_settings);
  if (!chosen) return chosen.errors();
  chosen->threads = 1;
  chosen->draws = batch;
  chosen->gradient_budget = budget;
  PopulationDensity density(problem);
  const auto starts = find_starts(density, 4, dispersion, seed, 1);
  if (!starts) return starts.errors();
  const double begin = processor_seconds();
  auto drawn = sample(density, starts->positions, *chosen, silent_progress());
  if (!drawn) return drawn.errors();
  const double seconds = processor_seconds() - begin;
  cut_to_budget(*drawn, budget);
  BakeOffRun run;
  if (drawn->chains.front().draws.size() >= fewest_draws)
    run = judged(*drawn);
  else  // the warm-up took it all: nothing was bought with this budget
    run.gradients = run.gradients_warmup = std::max(budget, drawn->gradients_warmup);
  run.sampler = sampler_name(fit_settings);
  run.target_acceptance = contestant.target_acceptance;
  run.seed = seed;
  run.seconds = seconds;
  return run;
}

}  // namespace

Result<BakeOff> run_bake_off(const Trial& trial, const Fit& fit, const FitSettings& fit_settings,
                             const StartingScales& scales, const BakeOffSettings& settings,
                             Progress& progress) {
  if (settings.budget < smallest_budget)
    return Error{Fault::bad_usage, "setting 'budget' is out of range", "budget", "10000 or more"};
  const auto structure = make_structure(trial, fit.pk_class, fit.pd_class, fit_settings, scales);
  if (!structure) return structure.errors();
  const auto problem = make_problem(trial, reduced(*structure, inclusion_of(*structure, fit.model)));
  if (!problem) return problem.errors();
  BakeOff result{fit.pk_class, fit.pd_class, settings.budget, (*problem)->layout.dimension, {}};
  std::size_t done = 0;
  progress.begin("bake-off", std::size(contestants) * static_cast<std::size_t>(settings.bake_off));
  for (const Contestant& contestant : contestants)
    for (int s = 0; s < settings.bake_off; ++s) {
      auto run = compete(*problem, contestant, fit_settings,
                         fit_settings.seed + static_cast<std::uint64_t>(s), settings.budget);
      if (!run) return run.errors();
      result.runs.push_back(std::move(*run));
      progress.update(++done);
    }
  progress.end();
  if (std::all_of(result.runs.begin(), result.runs.end(), [](const BakeOffRun& r) { return r.draws == 0; }))
    return Error{Fault::bad_usage, "the warm-up of every sampler took the whole budget", "budget",
                 "a larger one"};
  return result;
}

}  // namespace qdose
