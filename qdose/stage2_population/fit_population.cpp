#include "qdose/stage2_population/fit_population.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "qdose/stage2_population/choose_structure.hpp"
#include "qdose/stage2_population/chosen_sampler.hpp"
#include "qdose/stage2_population/cross_validation.hpp"
#include "qdose/stage2_population/diagnostics.hpp"
#include "qdose/stage2_population/fit_notes.hpp"
#include "qdose/stage2_population/individual_fits.hpp"
#include "qdose/stage2_population/population_density.hpp"
#include "qdose/stage2_population/predictive_check.hpp"
#include "qdose/stage2_population/residuals.hpp"
#include "qdose/stage2_population/softplus_density.hpp"
#include "qdose/stage2_population/starts.hpp"
#include "qdose/stage2_population/structure_check.hpp"
#include "qdose/stage2_population/summaries.hpp"

namespace qdose {
namespace {

void add_chains(const Posterior& posterior, const Sample& sample, Fit& fit) {
  fit.chains = posterior.chains();
  fit.draws_per_chain = posterior.draws_per_chain();
  for (std::size_t k = 0; k < posterior.size(); ++k) fit.draws.push_back(posterior.population(k));
  for (const Chain& chain : sample.chains) {
    ChainInfo info;
    info.step_size = chain.step_size;
    for (double a : chain.acceptance) info.acceptance += a / static_cast<double>(chain.acceptance.size());
    info.e_bfmi = e_bfmi(chain.energy);
    info.divergences = std::count(chain.diverged.begin(), chain.diverged.end(), 1);
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
    if (!(all[i].ess_tail >= fit.ess_tail_min)) {
      fit.ess_tail_min = all[i].ess_tail;
      fit.ess_tail_worst = names[i];
    }
  }
}

void add_summaries(const Posterior& posterior, Fit& fit) {
  for (Quantity& quantity : reported_quantities(posterior)) {
    fit.parameters.push_back(summarise(quantity));
    fit.trace_names.push_back(quantity.name);
    fit.traces.push_back(std::move(quantity.draws));
  }
}

/// Replicates for a covariance matrix of any subject's values: several times as many as it has.
std::size_t wanted_replicates(const Trial& trial) {
  std::size_t most = 0;
  for (const Subject& s : trial.subjects)
    most = std::max({most, s.concentrations.size(), s.responses.size()});
  return std::max<std::size_t>(300, 4 * most);
}

void add_predictions(const Posterior& posterior, std::uint64_t seed, int threads, Fit& fit) {
  constexpr std::size_t curve_draws = 120, validation_draws = 1000;
  fit.individuals = individual_estimates(posterior, threads);
  IndividualFits fits = individual_fits(posterior, curve_draws, threads);
  fit.etas = eta_summaries(posterior, fit.individuals);
  fit.pk_rmse = fits.pk_rmse;
  fit.pd_rmse = fits.pd_rmse;
  const std::vector<Replicate> simulated =
      replicates(posterior, wanted_replicates(posterior.trial()), seed, threads);
  PredictiveChecks checks = predictive_checks(posterior, simulated, threads);
  fit.pk_corrected = corrected_check(posterior, simulated, fits.pk, true, threads);
  fit.pd_corrected = corrected_check(posterior, simulated, fits.pd, false, threads);
  add_residuals(posterior, simulated, seed, true, threads, fits.pk);
  add_residuals(posterior, simulated, seed, false, threads, fits.pd);
  fit.pk_fits = std::move(fits.pk);
  fit.pd_fits = std::move(fits.pd);
  fit.pk_check = std::move(checks.pk);
  fit.pd_check = std::move(checks.pd);
  fit.loo = cross_validate(posterior, validation_draws, threads);
}

/// The report joins only subjects with both kinds of values.
Trial with_both(Trial trial) {
  std::erase_if(trial.subjects,
                [](const Subject& s) { return s.concentrations.empty() || s.responses.empty(); });
  return trial;
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// What is sampled and from where.
struct Prepared {
  std::shared_ptr<const PopulationProblem> problem;
  std::unique_ptr<Density> density;
  std::vector<Eigen::VectorXd> starts;
  Pilot pilot;
  StructureChoice choice;
};

/// The pilot, what it says about the structure, and starts for what is left.
Result<Prepared> prepare(const Trial& trial, const PopulationStructure& structure,
                         const FitSettings& settings, int threads) {
  constexpr double drop_below = 0.25;  // odds of three to one against
  constexpr int fewest_searches = 4;
  PopulationStructure independent = structure;  // enough to find modes and to weigh variabilities
  independent.model.correlated = false;
  const auto whole = make_problem(trial, std::move(independent));
  if (!whole) return whole.errors();
  const int chains = chain_count(settings);
  auto pilot = explore(PopulationDensity(*whole), std::max(chains, fewest_searches), settings.seed, threads);
  if (!pilot) return pilot.errors();
  StructureChoice choice = settings.choose ? choose_structure(*pilot, drop_below) : keep_all(*pilot);
  auto checked = checked_choice(*pilot, std::move(choice));
  if (!checked) return checked.errors();
  choice = std::move(*checked);
  const auto problem = make_problem(trial, reduced(structure, choice.inclusion));
  if (!problem) return problem.errors();
  PopulationDensity density(*problem);
  const bool report = settings.sampler == "report";
  PopulationDensity centred = density;
  constexpr double dispersion = 2.0;
  auto starts = starts_around(*pilot, choice.inclusion, density, chains, dispersion, settings.seed);
  if (!starts) return starts.errors();
  Prepared prepared{*problem, nullptr, std::move(*starts), std::move(*pilot), std::move(choice)};
  if (!report) {
    prepared.density = std::make_unique<PopulationDensity>(std::move(density));
    return prepared;
  }
  auto softplus = std::make_unique<SoftplusDensity>(std::move(centred));
  for (Eigen::VectorXd& x : prepared.starts) {
    std::vector<double> reported(static_cast<std::size_t>(x.size()));
    density.to_reported({x.data(), reported.size()}, reported);
    softplus->from_reported(reported, {x.data(), reported.size()});
  }
  prepared.density = std::move(softplus);
  return prepared;
}

Result<Fit> fit_given(const Trial& trial, const PopulationStructure& structure, const FitSettings& settings,
                      const SamplerSettings& chosen, Progress& progress) {
  const auto begin = std::chrono::steady_clock::now();
  auto prepared = prepare(trial, structure, settings, chosen.threads);
  if (!prepared) return prepared.errors();
  const double seconds_pilot = seconds_since(begin);
  const auto drawn = sample(*prepared->density, prepared->starts, chosen, progress);
  if (!drawn) return drawn.errors();

  const auto sampled = std::chrono::steady_clock::now();
  const Posterior posterior(*prepared->problem, trial, *drawn, settings.seed);
  Fit fit;
  fit.trial = trial.name;
  fit.pk_class = structure.model.pk_class;
  fit.pd_class = structure.model.pd_class;
  fit.sampler = sampler_name(settings);
  fit.model = posterior.model();
  fit.variabilities = prepared->choice.variabilities;
  fit.effects = prepared->choice.effects;
  add_chains(posterior, *drawn, fit);
  add_convergence(posterior, *drawn, chosen.threads, fit);
  add_summaries(posterior, fit);
  add_predictions(posterior, settings.seed, chosen.threads, fit);
  fit.gradient_evaluations = prepared->pilot.gradients + drawn->gradients_warmup + drawn->gradients_sampling;
  fit.seconds_pilot = seconds_pilot;
  fit.seconds_warmup = seconds_pilot + drawn->seconds_warmup;
  fit.seconds_sampling = drawn->seconds_sampling;
  fit.seconds_predictions = seconds_since(sampled);
  fit.notes = prepared->problem->notes;
  add_notes(prepared->pilot.searches, drawn->restarted_chains, chosen.max_depth, fit);
  return fit;
}

}  // namespace

Result<Fit> fit_population(const Trial& trial, std::string_view pk_id, std::string_view pd_id,
                           const FitSettings& asked, const StartingScales& scales, Progress& progress,
                           const WorkShare* share) {
  auto chosen = chosen_sampler(asked);
  if (!chosen) return chosen.errors();
  chosen->share = share;
  const bool report = asked.sampler == "report";
  const FitSettings settings = report ? report_model(asked) : asked;
  const auto structure = make_structure(trial, pk_id, pd_id, settings, scales);
  if (!structure) return structure.errors();
  return fit_given(report && !pd_id.empty() ? with_both(trial) : trial, *structure, settings, *chosen,
                   progress);
}

}  // namespace qdose
