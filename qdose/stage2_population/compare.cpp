#include "qdose/stage2_population/compare.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "qdose/base/interrupt.hpp"
#include "qdose/base/threads.hpp"
#include "qdose/results/population_model.hpp"
#include "qdose/stage2_population/subject_batches.hpp"

namespace qdose {

namespace {

ClassFit describe_fit(const ModelInfo& model, const LaplaceFit& fit) {
  ClassFit c;
  c.model = model.about.id;
  c.log_likelihood = fit.log_likelihood;
  c.bic = fit.bic;
  c.proportional = fit.residual.proportional;
  c.additive = fit.residual.additive;
  c.converged = fit.converged;
  for (std::size_t i = 0; i < fit.typical.size(); ++i) {
    const std::string name(model.parameters[i].symbol);
    c.typical[name] = to_natural(model.parameters[i].scale, fit.typical[i]);
    c.omega[name] = fit.omega[i];
  }
  return c;
}

/// Probabilities exp(-BIC/2); fits whose likelihood failed count as impossible. Best first.
void rank(std::vector<ClassFit>& fits) {
  std::erase_if(fits, [](const ClassFit& f) { return !std::isfinite(f.bic); });
  std::stable_sort(fits.begin(), fits.end(),
                   [](const ClassFit& a, const ClassFit& b) { return a.bic < b.bic; });
  double sum = 0;
  for (ClassFit& f : fits) sum += f.probability = std::exp(-0.5 * (f.bic - fits.front().bic));
  for (ClassFit& f : fits) f.probability /= sum;
}

template <class FitClass>
std::vector<LaplaceFit> fit_all(const std::vector<const ModelInfo*>& models, int threads, Progress& progress,
                                FitClass fit_class) {
  std::vector<LaplaceFit> fits(models.size());
  std::mutex guard;
  std::size_t done = 0;
  parallel_for(models.size(), threads, [&](std::size_t i) {
    if (interrupted()) {
      fits[i].bic = NAN;
      return;
    }
    fits[i] = fit_class(*models[i]);
    const std::lock_guard lock(guard);
    progress.update(++done, models[i]->about.id);
  });
  return fits;
}

bool has_values(const Trial& trial, Role role) {
  return std::any_of(trial.subjects.begin(), trial.subjects.end(), [&](const Subject& s) {
    const auto informs = [&](const Observation& o) { return is_informative(s, o); };
    return role == Role::pk ? std::ranges::any_of(s.concentrations, informs) : !s.responses.empty();
  });
}

}  // namespace

bool route_admits(Route route, const ModelInfo& pk_class) {
  switch (route) {
    case Route::unknown:
      return true;
    case Route::extravascular:
      return pk_class.extravascular;
    case Route::bolus:
      return !pk_class.extravascular && !pk_class.has_infusion;
    case Route::infusion:
      return !pk_class.extravascular;
  }
  return true;
}

ClassComparison compare_classes(const Trial& trial, const StartValues& starts, int threads,
                                Progress& progress, std::string_view only_pd) {
  ClassComparison comparison;
  if (!has_values(trial, Role::pk)) return comparison;
  std::vector<const ModelInfo*> models;
  for (const ModelInfo& m : pk_models())
    if (route_admits(trial.route, m) && (m.has_infusion || !trial.modelled_duration)) models.push_back(&m);
  const LaplaceSettings settings;
  progress.begin("PK classes by likelihood", models.size());
  const auto pk = fit_all(models, threads, progress, [&](const ModelInfo& m) {
    return fit_pk_laplace(trial, m.about.id, starts(m), settings);
  });
  progress.end();
  for (std::size_t i = 0; i < models.size(); ++i) comparison.pk.push_back(describe_fit(*models[i], pk[i]));
  rank(comparison.pk);
  if (comparison.pk.empty() || !has_values(trial, Role::pd)) return comparison;

  const std::string best = comparison.pk.front().model;
  const auto at =
      std::find_if(models.begin(), models.end(), [&](const ModelInfo* m) { return m->about.id == best; });
  const LaplaceFit& best_fit = pk[static_cast<std::size_t>(at - models.begin())];
  std::vector<const ModelInfo*> pd_list;
  for (const ModelInfo& m : pd_models())
    if (only_pd.empty() || m.about.id == only_pd) pd_list.push_back(&m);
  progress.begin("PD classes by likelihood", pd_list.size());
  const auto pd = fit_all(pd_list, threads, progress, [&](const ModelInfo& m) {
    return fit_pd_laplace(trial, best, best_fit, m.about.id, starts(m), settings);
  });
  progress.end();
  for (std::size_t i = 0; i < pd_list.size(); ++i) comparison.pd.push_back(describe_fit(*pd_list[i], pd[i]));
  rank(comparison.pd);
  return comparison;
}

}  // namespace qdose
