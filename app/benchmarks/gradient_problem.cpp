#include "app/benchmarks/gradient_problem.hpp"

#include "qdose/simulate/virtual_trial.hpp"

namespace qdose {

Result<std::shared_ptr<const PopulationProblem>> make_gradient_problem(const GradientProblem& what,
                                                                       std::uint64_t seed) {
  VirtualTrialSettings settings;
  settings.pk = what.pk;
  settings.pd = what.pd;
  settings.levels = what.levels;
  const auto design = design_of(settings);
  if (!design) return design.errors();
  const auto truth = truth_of(settings);
  if (!truth) return truth.errors();
  const auto made = simulate_trial(*design, *truth, seed);
  if (!made) return made.errors();
  FitSettings fit;
  fit.seed = seed;
  return make_problem(made->trial, settings.pk, settings.pd, fit, {});
}

}  // namespace qdose
