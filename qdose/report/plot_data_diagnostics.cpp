#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "qdose/report/compact.hpp"
#include "qdose/report/plot_data.hpp"
#include "qdose/results/random_effects.hpp"

namespace qdose {

using nlohmann::json;

namespace {

constexpr std::size_t rank_bins = 20;

/// How often the values of each chain fall into each twentieth of all values: even when the chains agree
/// (Vehtari et al. 2021).
json rank_histograms(const std::vector<std::vector<double>>& chains) {
  std::vector<std::pair<double, std::size_t>> all;
  for (std::size_t c = 0; c < chains.size(); ++c)
    for (const double value : chains[c]) all.emplace_back(value, c);
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::vector<double>> counts(chains.size(), std::vector<double>(rank_bins, 0));
  for (std::size_t rank = 0; rank < all.size(); ++rank)
    counts[all[rank].second][rank * rank_bins / all.size()] += 1;
  json out = json::array();
  for (const auto& chain : counts) out.push_back(compact(chain));
  return out;
}

json covariate_columns(const Fit& fit) {
  json columns = json::array();
  for (std::size_t c = 0; c < fit.model.covariates.size(); ++c) {
    std::vector<double> values;
    for (const IndividualEstimate& subject : fit.individuals)
      values.push_back(c < subject.covariates.size() ? subject.covariates[c] : 0);
    columns.push_back({{"name", fit.model.covariates[c].name},
                       {"categorical", fit.model.covariates[c].categorical},
                       {"x", compact(values)}});
  }
  return columns;
}

json effects_by_subject(const Fit& fit) {
  json ids = json::array(), effects = json::array();
  for (const IndividualEstimate& subject : fit.individuals) ids.push_back(subject.id);
  for (const RandomEffect& effect : random_effects(fit))
    effects.push_back({{"name", effect.parameter},
                       {"omega", compact(effect.omega)},
                       {"shrinkage", compact(effect.shrinkage, 2)},
                       {"eta", compact(effect.eta, 3)}});
  return {{"ids", std::move(ids)}, {"effects", std::move(effects)}, {"covariates", covariate_columns(fit)}};
}

/// One member a subject shown, in the order of `fits` in the page.
json residuals(const std::vector<IndividualFit>& fits, double proportional, double additive) {
  std::vector<double> levels;
  for (const IndividualFit& fit : fits) levels.push_back(fit.dose_level);
  json out = json::array();
  for (const std::size_t i : shown_subjects(levels))
    out.push_back(compact(weighted_residuals(fits[i], proportional, additive), 3));
  return out;
}

/// Normalised prediction distribution errors of the subjects shown; empty when they were not computed.
json prediction_errors(const std::vector<IndividualFit>& fits) {
  std::vector<double> levels;
  for (const IndividualFit& fit : fits) levels.push_back(fit.dose_level);
  json out = json::array();
  for (const std::size_t i : shown_subjects(levels)) {
    if (fits[i].npde.size() != fits[i].observed.size()) return json::array();
    out.push_back(compact(fits[i].npde, 3));
  }
  return out;
}

}  // namespace

json diagnostics_data(const Fit& fit) {
  json ranks = json::array();
  for (std::size_t k = 0; k < fit.traces.size() && k < fit.trace_names.size(); ++k)
    ranks.push_back({{"name", fit.trace_names[k]}, {"chains", rank_histograms(fit.traces[k])}});
  json out = {{"ranks", std::move(ranks)}};
  if (fit.draws.empty()) return out;
  const PopulationDraw mean = mean_draw(fit);
  out["residuals"] = {{"pk", residuals(fit.pk_fits, mean.pk_proportional, mean.pk_additive)},
                      {"pd", residuals(fit.pd_fits, mean.pd_proportional, mean.pd_additive)}};
  out["npde"] = {{"pk", prediction_errors(fit.pk_fits)}, {"pd", prediction_errors(fit.pd_fits)}};
  out["effects"] = effects_by_subject(fit);
  return out;
}

}  // namespace qdose
