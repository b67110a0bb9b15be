#include "qdose/stage2_population/summaries.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "qdose/results/effect_correlation.hpp"

namespace qdose {
namespace {

using Value = std::function<double(const PopulationDraw&)>;

/// The production rate of turnover classes, which the catalogue expresses by baseline and loss.
void add_production_rate(const PopulationModel& model, std::vector<std::pair<std::string, Value>>& values) {
  const auto position = [&](const char* name) {
    const auto found = std::find_if(model.parameters.begin(), model.parameters.end(),
                                    [&](const PopulationParameter& p) { return p.name == name; });
    return static_cast<std::size_t>(found - model.parameters.begin());
  };
  const std::size_t baseline = position("R0"), loss = position("kout"), none = model.parameters.size();
  if (baseline == none || loss == none) return;
  values.emplace_back("kin", [=, &model](const PopulationDraw& draw) {
    return to_natural(model.parameters[baseline].scale, draw.typical[baseline]) *
           to_natural(model.parameters[loss].scale, draw.typical[loss]);
  });
}

std::vector<std::pair<std::string, Value>> named_values(const Posterior& posterior) {
  const PopulationModel& model = posterior.model();
  const Layout& layout = posterior.problem().layout;
  std::vector<std::pair<std::string, Value>> values;
  for (std::size_t p = 0; p < model.parameters.size(); ++p)
    if (layout.typical[p] != absent)
      values.emplace_back(model.parameters[p].name, [p, &model](const PopulationDraw& draw) {
        return to_natural(model.parameters[p].scale, draw.typical[p]);
      });
  for (std::size_t e = 0; e < model.effects.size(); ++e)
    values.emplace_back(model.effects[e].name, [e](const PopulationDraw& draw) { return draw.beta[e]; });
  for (std::size_t p = 0; p < model.parameters.size(); ++p)
    if (layout.log_omega[p] != absent)
      values.emplace_back("omega_" + model.parameters[p].name,
                          [p](const PopulationDraw& draw) { return draw.omega[p]; });
  const std::vector<EffectPair> pairs = effect_pairs(model);
  for (std::size_t c = 0; c < pairs.size(); ++c)
    values.emplace_back(name_of(model, pairs[c]),
                        [c](const PopulationDraw& draw) { return draw.correlation[c]; });
  const auto add_error = [&](std::ptrdiff_t place, const char* name, double PopulationDraw::*error) {
    if (place != absent)
      values.emplace_back(name, [error](const PopulationDraw& draw) { return draw.*error; });
  };
  add_error(layout.log_pk_proportional, "sigma_pk_prop", &PopulationDraw::pk_proportional);
  add_error(layout.log_pk_additive, "sigma_pk_add", &PopulationDraw::pk_additive);
  add_error(layout.log_pd_proportional, "sigma_pd_prop", &PopulationDraw::pd_proportional);
  add_error(layout.log_pd_additive, "sigma_pd_add", &PopulationDraw::pd_additive);
  add_production_rate(model, values);
  return values;
}

}  // namespace

std::vector<Quantity> reported_quantities(const Posterior& posterior) {
  const auto values = named_values(posterior);
  std::vector<Quantity> quantities;
  for (const auto& [name, value] : values) quantities.push_back({name, ChainDraws(posterior.chains())});
  for (std::size_t k = 0; k < posterior.size(); ++k) {
    const PopulationDraw& draw = posterior.population(k);
    for (std::size_t q = 0; q < values.size(); ++q)
      quantities[q].draws[k / posterior.draws_per_chain()].push_back(values[q].second(draw));
  }
  return quantities;
}

ParameterSummary summarise(const Quantity& quantity) {
  std::vector<double> all;
  for (const auto& chain : quantity.draws) all.insert(all.end(), chain.begin(), chain.end());
  std::sort(all.begin(), all.end());
  ParameterSummary s;
  s.name = quantity.name;
  const double n = static_cast<double>(all.size());
  for (double x : all) s.mean += x / n;
  for (double x : all) s.sd += (x - s.mean) * (x - s.mean) / (n - 1);
  s.sd = std::sqrt(s.sd);
  s.q2_5 = quantile_of_sorted(all, 0.025);
  s.q5 = quantile_of_sorted(all, 0.05);
  s.q50 = quantile_of_sorted(all, 0.5);
  s.q95 = quantile_of_sorted(all, 0.95);
  s.q97_5 = quantile_of_sorted(all, 0.975);
  const Convergence c = convergence(quantity.draws);
  s.r_hat = c.r_hat;
  s.ess_bulk = c.ess_bulk;
  s.ess_tail = c.ess_tail;
  s.mcse_mean = c.mcse_mean;
  return s;
}

}  // namespace qdose
