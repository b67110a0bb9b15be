#include "qdose/stage2_population/summaries.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "qdose/results/effect_correlation.hpp"

namespace qdose {
namespace {

/// A reported quantity: its value in a draw.
struct Named {
  std::string name;
  QuantityPrior prior;
  std::function<double(const PopulationDraw&)> value;
};

QuantityPrior prior_on(const char* scale, const Normal& prior) { return {scale, prior.mean, prior.sd}; }

/// The production rate of turnover classes, which the catalogue expresses by baseline and loss.
void add_production_rate(const PopulationModel& model, std::vector<Named>& values) {
  const auto position = [&](const char* name) {
    const auto found = std::find_if(model.parameters.begin(), model.parameters.end(),
                                    [&](const PopulationParameter& p) { return p.name == name; });
    return static_cast<std::size_t>(found - model.parameters.begin());
  };
  const std::size_t baseline = position("R0"), loss = position("kout"), none = model.parameters.size();
  if (baseline == none || loss == none) return;
  values.push_back({"kin", {}, [=, &model](const PopulationDraw& draw) {
                      return to_natural(model.parameters[baseline].scale, draw.typical[baseline]) *
                             to_natural(model.parameters[loss].scale, draw.typical[loss]);
                    }});
}

/// Residual errors that the layout has.
void add_errors(const PopulationProblem& problem, std::vector<Named>& values) {
  const auto add = [&](std::ptrdiff_t place, const char* name, const Normal& prior,
                       double PopulationDraw::*error) {
    if (place != absent)
      values.push_back(
          {name, prior_on("log", prior), [error](const PopulationDraw& draw) { return draw.*error; }});
  };
  const Layout& layout = problem.layout;
  const PopulationPriors& priors = problem.structure.priors;
  add(layout.log_pk_proportional, "sigma_pk_prop", priors.log_pk_proportional,
      &PopulationDraw::pk_proportional);
  add(layout.log_pk_additive, "sigma_pk_add", priors.log_pk_additive, &PopulationDraw::pk_additive);
  add(layout.log_pd_proportional, "sigma_pd_prop", priors.log_pd_proportional,
      &PopulationDraw::pd_proportional);
  add(layout.log_pd_additive, "sigma_pd_add", priors.log_pd_additive, &PopulationDraw::pd_additive);
}

std::vector<Named> named_values(const Posterior& posterior) {
  const PopulationModel& model = posterior.model();
  const Layout& layout = posterior.problem().layout;
  const PopulationPriors& priors = posterior.problem().structure.priors;
  std::vector<Named> values;
  for (std::size_t p = 0; p < model.parameters.size(); ++p)
    if (layout.typical[p] != absent)
      values.push_back(
          {model.parameters[p].name,
           prior_on(model.parameters[p].scale == Scale::log ? "log" : "logit", priors.typical[p]),
           [p, &model](const PopulationDraw& draw) {
             return to_natural(model.parameters[p].scale, draw.typical[p]);
           }});
  for (std::size_t e = 0; e < model.effects.size(); ++e)
    values.push_back({model.effects[e].name, prior_on("identity", priors.beta[e]),
                      [e](const PopulationDraw& draw) { return draw.beta[e]; }});
  for (std::size_t p = 0; p < model.parameters.size(); ++p)
    if (layout.log_omega[p] != absent)
      values.push_back({"omega_" + model.parameters[p].name, prior_on("log", priors.log_omega[p]),
                        [p](const PopulationDraw& draw) { return draw.omega[p]; }});
  const std::vector<EffectPair> pairs = effect_pairs(model);
  for (std::size_t c = 0; c < pairs.size(); ++c)
    values.push_back(
        {name_of(model, pairs[c]), {}, [c](const PopulationDraw& draw) { return draw.correlation[c]; }});
  add_errors(posterior.problem(), values);
  add_production_rate(model, values);
  return values;
}

}  // namespace

std::vector<Quantity> reported_quantities(const Posterior& posterior) {
  const auto values = named_values(posterior);
  std::vector<Quantity> quantities;
  for (const Named& named : values)
    quantities.push_back({named.name, named.prior, ChainDraws(posterior.chains())});
  for (std::size_t k = 0; k < posterior.size(); ++k) {
    const PopulationDraw& draw = posterior.population(k);
    for (std::size_t q = 0; q < values.size(); ++q)
      quantities[q].draws[k / posterior.draws_per_chain()].push_back(values[q].value(draw));
  }
  return quantities;
}

ParameterSummary summarise(const Quantity& quantity) {
  std::vector<double> all;
  for (const auto& chain : quantity.draws) all.insert(all.end(), chain.begin(), chain.end());
  std::sort(all.begin(), all.end());
  ParameterSummary s;
  s.name = quantity.name;
  s.prior = quantity.prior;
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
