#include "qdose/dosing/population_source.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "qdose/base/expects.hpp"
#include "qdose/dosing/assumptions.hpp"

namespace qdose {
namespace {

/// Covariates act linearly on the unbounded scale, so the mean over draws is a draw as well.
PopulationDraw mean_draw(const Fit& fit) {
  PopulationDraw mean = fit.draws.front();
  std::ranges::fill(mean.typical, 0.0), std::ranges::fill(mean.beta, 0.0);
  for (const PopulationDraw& draw : fit.draws) {
    for (std::size_t p = 0; p < mean.typical.size(); ++p)
      mean.typical[p] += draw.typical[p] / static_cast<double>(fit.draws.size());
    for (std::size_t e = 0; e < mean.beta.size(); ++e)
      mean.beta[e] += draw.beta[e] / static_cast<double>(fit.draws.size());
  }
  return mean;
}

}  // namespace

std::vector<double> natural_parameters(const PopulationModel& model, std::vector<double> unbounded) {
  for (std::size_t p = 0; p < unbounded.size(); ++p) {
    const PopulationParameter& parameter = model.parameters[p];
    unbounded[p] = parameter.fixed ? parameter.value : to_natural(parameter.scale, unbounded[p]);
  }
  return unbounded;
}

std::size_t spread_place(std::size_t k, std::size_t count) {
  // Steps of the golden ratio; a step without a common factor visits every place once.
  auto step = static_cast<std::size_t>(std::llround(0.6180339887498949 * static_cast<double>(count)));
  step = std::max<std::size_t>(step, 1);
  while (std::gcd(step, count) != 1) ++step;
  return k % count * step % count;
}

ResidualError residual_error(const PopulationModel& model, const PopulationDraw& draw) {
  return {draw.pd_proportional, draw.pd_additive, model.pd_error == ErrorKind::log_normal};
}

PopulationSource posterior_source(const Fit& fit, std::size_t replicates) {
  expects(!fit.draws.empty(), "a fit with draws");
  const std::size_t all = fit.draws.size();
  const auto place_of = [all](std::size_t replicate) { return spread_place(replicate % all, all); };
  const auto draw_of = [&fit, place_of](std::size_t replicate) -> const PopulationDraw& {
    return fit.draws[place_of(replicate)];
  };
  PopulationSource source;
  source.name = "posterior";
  source.replicates = std::min(replicates, all);
  const auto by_rule = [&fit, draw_of](PersonRule rule) -> DrawIndividual {
    return [&fit, draw_of, rule = std::move(rule)](std::size_t replicate, std::span<const double> covariates,
                                                   Stream& stream) {
      return draw_person(fit.model, draw_of(replicate), rule, covariates, stream);
    };
  };
  source.individual = by_rule({});
  for (const PersonRule& rule : alternative_rules(fit))
    source.alternatives.push_back({rule.words, by_rule(rule)});
  source.residual = [&fit, draw_of](std::size_t replicate) {
    return residual_error(fit.model, draw_of(replicate));
  };
  source.typical = [&fit, mean = mean_draw(fit)](std::span<const double> covariates) {
    return natural_parameters(fit.model,
                              covariate_mean(fit.model, mean, {covariates.begin(), covariates.end()}));
  };
  source.model = &fit.model;
  if (fit.chains > 1 && fit.draws_per_chain > 0)
    source.chain = [place_of, each = fit.draws_per_chain](std::size_t replicate) {
      return place_of(replicate) / each;
    };
  return source;
}

}  // namespace qdose
