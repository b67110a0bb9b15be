#include "qdose/stage2_population/fit_population.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "qdose/stage2_population/cross_validation.hpp"
#include "qdose/stage2_population/diagnostics.hpp"
#include "qdose/stage2_population/individual_fits.hpp"
#include "qdose/stage2_population/population_density.hpp"
#include "qdose/stage2_population/predictive_check.hpp"
#include "qdose/stage2_population/starts.hpp"
#include "qdose/stage2_population/summaries.hpp"

namespace qdose {
namespace {

Error out_of_range(const char* setting, const char* range) {
  return {Fault::bad_usage, std::string("setting '") + setting + "' is out of range", setting, range};
}

Result<SamplerSettings> sampler_settings(const FitSettings& s) {
  SamplerSettings result;
  if (s.sampler == "qihmc")
    result.algorithm = Algorithm::qihmc;
  else if (s.sampler == "hmc")
    result.algorithm = Algorithm::hmc;
  else if (s.sampler == "nuts")
    result.algorithm = Algorithm::nuts;
  else
    return out_of_range("sampler", "qihmc, hmc or nuts");
  if (s.form == "S")
    result.form = MassForm::scalar;
  else if (s.form == "D")
    result.form = MassForm::diagonal;
  else if (s.form == "M")
    result.form = MassForm::mixture;
  else
    return out_of_range("form", "S, D or M");
  if (s.chains < 2 || s.chains > 64) return out_of_range("chains", "2-64");
  if (s.warmup < 50) return out_of_range("warmup", "50 or more");
  if (s.draws < 100) return out_of_range("draws", "100 or more");
  if (!(s.target_acceptance >= 0.5 && s.target_acceptance <= 0.99))
    return out_of_range("target_acceptance", "0.5-0.99");
  if (!(s.trajectory >= 0.1 && s.trajectory <= 20)) return out_of_range("trajectory", "0.1-20");
  if (!(s.spread >= 0 && s.spread <= 0.5)) return out_of_range("spread", "0-0.5");
  if (s.max_depth < 1 || s.max_depth > 15) return out_of_range("max_depth", "1-15");
  result.spread = result.algorithm == Algorithm::qihmc ? s.spread : 0.0;
  result.warmup = s.warmup;
  result.draws = s.draws;
  result.most_draws = s.most_draws;
  result.target_acceptance = s.target_acceptance;
  result.trajectory = s.trajectory;
  result.max_depth = s.max_depth;
  result.seed = s.seed;
  result.threads = std::max(1, s.threads);
  return result;
}

void add_chains(const Posterior& posterior, const Sample& sample, Fit& fit) {
  fit.chains = posterior.chains();
  fit.draws_per_chain = posterior.draws_per_chain();
  for (std::size_t k = 0; k < posterior.size(); ++k) fit.draws.push_back(posterior.population(k));
  for (const Chain& chain : sample.chains) {
    ChainInfo info;
    info.step_size = chain.step_size;
    for (double a : chain.acceptance) info.acceptance += a / static_cast<double>(chain.acceptance.size());
    info.e_bfmi = e_bfmi(chain.energy);
    info.divergences = static_cast<long>(chain.divergences.size());
    info.energy = chain.energy;
    info.log_density = chain.log_density;
    info.accept = chain.acceptance;
    info.leapfrog_steps = chain.steps;
    info.tree_depth = chain.depth;
    info.divergent.assign(chain.diverged.begin(), chain.diverged.end());
    fit.divergences += info.divergences;
    fit.chain_info.push_back(std::move(info));
  }
}

/// R-hat and ESS of every sampled quantity, individual parameters included.
void add_convergence(const Posterior& posterior, const Sample& sample, int threads, Fit& fit) {
  const std::vector<Convergence> all = convergence_of(sample, threads);
  const auto names = coordinate_names(posterior.problem().layout, posterior.model(), posterior.trial());
  fit.ess_bulk_min = fit.ess_tail_min = INFINITY;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!(all[i].r_hat <= fit.r_hat_max)) {
      fit.r_hat_max = all[i].r_hat;
      fit.r_hat_worst = names[i];
    }
    if (!(all[i].ess_bulk >= fit.ess_bulk_min)) {
      fit.ess_bulk_min = all[i].ess_bulk;
      fit.ess_worst = names[i];
    }
    fit.ess_tail_min = std::min(fit.ess_tail_min, all[i].ess_tail);
  }
}

void add_summaries(const Posterior& posterior, Fit& fit) {
  for (Quantity& quantity : reported_quantities(posterior)) {
    fit.parameters.push_back(summarise(quantity));
    fit.trace_names.push_back(quantity.name);
    fit.traces.push_back(std::move(quantity.draws));
  }
}

/// Variabilities that the data hold near zero, and effects whose interval excludes it: what the data support.
void note_support(const Fit& fit, std::vector<std::string>& notes) {
  constexpr double small_omega = 0.1;
  std::string weak, effects;
  for (const ParameterSummary& p : fit.parameters)
    if (p.name.starts_with("omega_") && p.q95 < 2 * small_omega && p.q50 < small_omega)
      weak += (weak.empty() ? "" : ", ") + p.name.substr(6);
  for (const CovariateEffect& effect : fit.model.effects)
    for (const ParameterSummary& p : fit.parameters)
      if (p.name == effect.name && (p.q2_5 > 0 || p.q97_5 < 0))
        effects += (effects.empty() ? "" : ", ") + p.name;
  if (!weak.empty()) notes.push_back("little variability between subjects: " + weak);
  if (!effects.empty()) notes.push_back("covariate effects whose 95% interval excludes zero: " + effects);
}

void add_notes(const Posterior& posterior, const Sample& sample, const Starts& starts, Fit& fit) {
  fit.notes = posterior.problem().notes;
  for (const PopulationParameter& p : fit.model.parameters)
    if (p.fixed) fit.notes.push_back(fmt::format("{} is held at {}", p.name, p.value));
  const auto [low, high] = std::minmax_element(starts.modes.begin(), starts.modes.end());
  if (*high - *low > 10)
    fit.notes.push_back(
        fmt::format("starting points found modes that differ by {:.0f} in log density", *high - *low));
  if (sample.restarted_chains > 0)
    fit.notes.push_back(fmt::format("{} times a chain was moved out of a mode without mass during warm-up",
                                    sample.restarted_chains));
  note_support(fit, fit.notes);
  if (!(fit.r_hat_max <= 1.01))
    fit.notes.push_back(fmt::format("not converged: R-hat {:.3f} of {}", fit.r_hat_max, fit.r_hat_worst));
  if (!(fit.ess_bulk_min >= 400))
    fit.notes.push_back(fmt::format("few effective draws: {:.0f} of {}", fit.ess_bulk_min, fit.ess_worst));
  if (fit.divergences > 0) fit.notes.push_back(fmt::format("{} divergent transitions", fit.divergences));
  if (fit.loo.worst_k > 0.7)
    fit.notes.push_back(
        fmt::format("cross-validation rests on few draws for some values (k up to {:.2f})", fit.loo.worst_k));
}

void add_predictions(const Posterior& posterior, std::uint64_t seed, int threads, Fit& fit) {
  constexpr std::size_t curve_draws = 120, replicates = 200, validation_draws = 1000;
  fit.individuals = individual_estimates(posterior, threads);
  IndividualFits fits = individual_fits(posterior, curve_draws, threads);
  fit.pk_fits = std::move(fits.pk);
  fit.pd_fits = std::move(fits.pd);
  fit.pk_rmse = fits.pk_rmse;
  fit.pd_rmse = fits.pd_rmse;
  PredictiveChecks checks = predictive_checks(posterior, replicates, seed, threads);
  fit.pk_check = std::move(checks.pk);
  fit.pd_check = std::move(checks.pd);
  fit.loo = cross_validate(posterior, validation_draws, threads);
}

}  // namespace

Result<Fit> fit_population(const Trial& trial, std::string_view pk_id, std::string_view pd_id,
                           const FitSettings& settings, const StartingScales& scales, Progress& progress) {
  const auto chosen = sampler_settings(settings);
  if (!chosen) return chosen.errors();
  const auto problem = make_problem(trial, pk_id, pd_id, settings, scales);
  if (!problem) return problem.errors();
  PopulationDensity density(*problem);

  const auto begin = std::chrono::steady_clock::now();
  constexpr double dispersion = 2.0;
  const auto starts = find_starts(density, settings.chains, dispersion, settings.seed, chosen->threads);
  if (!starts) return starts.errors();
  const double seconds_starts =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const auto drawn = sample(density, starts->positions, *chosen, progress);
  if (!drawn) return drawn.errors();

  const Posterior posterior(**problem, trial, *drawn, settings.seed);
  Fit fit;
  fit.trial = trial.name;
  fit.pk_class = pk_id;
  fit.pd_class = pd_id;
  fit.sampler = settings.sampler == "qihmc" ? settings.form + "-qihmc" : settings.sampler;
  fit.model = posterior.model();
  add_chains(posterior, *drawn, fit);
  add_convergence(posterior, *drawn, chosen->threads, fit);
  add_summaries(posterior, fit);
  add_predictions(posterior, settings.seed, chosen->threads, fit);
  fit.gradient_evaluations = starts->gradients + drawn->gradients_warmup + drawn->gradients_sampling;
  fit.seconds_warmup = seconds_starts + drawn->seconds_warmup;
  fit.seconds_sampling = drawn->seconds_sampling;
  add_notes(posterior, *drawn, *starts, fit);
  return fit;
}

}  // namespace qdose
