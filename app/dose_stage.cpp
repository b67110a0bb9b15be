#include "app/dose_stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "app/model_average.hpp"
#include "app/run_folder.hpp"
#include "qdose/base/files.hpp"
#include "qdose/dosing/scenario_file.hpp"
#include "qdose/dosing/search.hpp"
#include "qdose/dosing/subject_table.hpp"
#include "qdose/dosing/truth_source.hpp"
#include "qdose/results/dose_trend.hpp"

namespace qdose {

namespace {

PopulationSource kernel_source(const KernelModel& kernel, std::size_t replicates) {
  PopulationSource source;
  source.name = "kernel";
  source.replicates = std::min(replicates, kernel.replicates.size());
  source.individual = [&kernel](std::size_t r, std::span<const double> covariates, Stream& stream) {
    return natural_parameters(kernel.population, kernel.individual(kernel.replicates[r], covariates, stream));
  };
  source.residual = [&kernel](std::size_t r) {
    return residual_error(kernel.population, kernel.replicates[r].draw);
  };
  source.typical = [&kernel](std::span<const double> covariates) {
    return natural_parameters(kernel.population, kernel.mean(kernel.best, covariates));
  };
  return source;
}

/// The posterior of the fit, or of all pairs that the folder's selection supports, by weight.
struct Posteriors {
  std::vector<Fit> others;
  std::vector<PopulationSource> sources;
  std::vector<std::string> notes;
};

void add_posteriors(const Trial& trial, const Fit& fit, const DoseSettings& settings, const Context& context,
                    Posteriors& posteriors) {
  const auto most = static_cast<std::size_t>(std::max(2, settings.most_replicates));
  posteriors.sources.push_back(posterior_source(fit, most));
  const auto path = context.file(run_file::selection);
  if (!settings.average || !std::filesystem::exists(path)) return;
  const Result<Selection> selection = load_selection(path.string());
  if (!selection || selection->pk.model != fit.pk_class || selection->pd.model != fit.pd_class) return;
  const auto pairs = supported_pairs(*selection, fit);
  if (pairs.size() < 2 || !(pairs.front().weight > 0) || pairs.front().pk != fit.pk_class ||
      pairs.front().pd != fit.pd_class)
    return;
  posteriors.others = alternative_fits(trial, *selection, fit, pairs, context, posteriors.notes);
  const auto weight_of = [&](const Fit& one) {
    const auto found = std::ranges::find_if(
        pairs, [&](const SupportedPair& p) { return p.pk == one.pk_class && p.pd == one.pd_class; });
    return found == pairs.end() ? 0.0 : found->weight;
  };
  posteriors.sources.front().weight = weight_of(fit);
  for (const Fit& other : posteriors.others) {
    if (!std::ranges::equal(other.model.covariates, fit.model.covariates, {}, &PopulationCovariate::name,
                            &PopulationCovariate::name))
      continue;
    posteriors.sources.push_back(posterior_source(other, most));
    posteriors.sources.back().weight = weight_of(other);
  }
}

/// What makes every dose doubtful: equations that the trial contradicts.
std::vector<std::string> doubts_about_equations(const Fit& fit, const Context& context) {
  std::vector<std::string> doubts;
  const auto path = context.file(run_file::selection);
  if (std::filesystem::exists(path))
    if (const Result<Selection> selection = load_selection(path.string()); selection)
      for (const auto& [role, fitted] :
           {std::pair{&selection->pk, fit.pk_class}, std::pair{&selection->pd, fit.pd_class}})
        if (!role->in_catalogue && role->model == fitted)
          doubts.push_back(
              fmt::format("no class of the catalogue explains the trial, not even {} (misfit {:.1f}, at most "
                          "1 expected): doses by "
                          "it are doubtful, most of all where they lie beyond the trial",
                          fitted, role->misfit));
  for (std::string& trend : telling_dose_trends(fit)) doubts.push_back(std::move(trend));
  return doubts;
}

/// The scenarios of --scenario FILE; none without it.
Result<std::vector<Scenario>> own_scenarios(const Trial& trial, const Fit& fit,
                                            const DoseSettings& settings) {
  if (settings.scenario.empty()) return std::vector<Scenario>{};
  return load_scenarios(settings.scenario, fit.model, settings, studied_doses(trial));
}

}  // namespace

Result<Done> check_dose_request(const Trial& trial, const DoseSettings& settings) {
  Errors errors = wrong_settings(settings);
  const auto add = [&](const Errors& more) { errors.insert(errors.end(), more.begin(), more.end()); };
  PopulationModel model;  // as far as scenarios ask: the covariates
  for (const Covariate& c : trial.covariates)
    model.covariates.push_back(
        {c.name, c.kind == CovariateKind::categorical, c.reference, c.smallest, c.largest, {}});
  if (!settings.scenario.empty())
    if (const auto read = load_scenarios(settings.scenario, model, settings, studied_doses(trial)); !read)
      add(read.errors());
  if (!settings.truth.empty())
    if (const auto read = read_file(settings.truth); !read) add(read.errors());
  if (!errors.empty()) return errors;
  return Done{};
}

Result<Doses> dose_stage(const Trial& trial, const Fit& fit, const KernelModel* kernel, DoseSettings settings,
                         const Context& context, Ranks* ranks) {
  settings.seed = context.seed();
  settings.threads = context.threads();
  if (ranks != nullptr && ranks->size() > 1) settings.average = false;  // fits are not shared
  const auto most = static_cast<std::size_t>(std::max(2, settings.most_replicates));
  const auto scenarios = own_scenarios(trial, fit, settings);
  if (!scenarios) return scenarios.errors();
  Posteriors posteriors;
  add_posteriors(trial, fit, settings, context, posteriors);
  std::vector<PopulationSource>& sources = posteriors.sources;
  if (kernel != nullptr && !kernel->replicates.empty()) sources.push_back(kernel_source(*kernel, most));
  Fit truth;
  if (!settings.truth.empty()) {
    Result<Fit> loaded = load_truth(settings.truth, fit.model);
    if (!loaded) return loaded.errors();
    truth = std::move(*loaded);
    sources.push_back(posterior_source(truth, most));
    sources.back().name = "truth";
  }
  WorkShare share;
  if (ranks != nullptr)
    share = {ranks->rank(), ranks->size(), [ranks](const auto& mine) { return ranks->gather(mine); }};
  Result<Doses> doses = search_doses(fit.model, trial, sources, settings, context.progress(), *scenarios,
                                     ranks != nullptr ? &share : nullptr);
  if (!doses || (ranks != nullptr && !ranks->is_first())) return doses;
  doses->notes.insert(doses->notes.end(), posteriors.notes.begin(), posteriors.notes.end());
  const std::vector<std::string> doubts = doubts_about_equations(fit, context);
  doses->notes.insert(doses->notes.begin(), doubts.begin(), doubts.end());
  if (const auto saved = save(*doses, context.options().out); !saved) return saved.errors();
  return doses;
}

Result<VirtualSubjects> subject_stage(const Trial& trial, const Fit& fit, DoseSettings settings,
                                      const Context& context) {
  settings.seed = context.seed();
  settings.threads = context.threads();
  const auto most = static_cast<std::size_t>(std::max(2, settings.most_replicates));
  const auto scenarios = own_scenarios(trial, fit, settings);
  if (!scenarios) return scenarios.errors();
  auto subjects = tabulate_subjects(fit.model, trial, posterior_source(fit, most), settings,
                                    context.progress(), *scenarios);
  if (!subjects) return subjects;
  if (const auto saved = save(*subjects, context.file(run_file::subjects).string()); !saved)
    return saved.errors();
  return subjects;
}

}  // namespace qdose
