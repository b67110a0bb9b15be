#include "qdose/results/random_effects.hpp"

#include <algorithm>
#include <cmath>

namespace qdose {
namespace {

void add(std::vector<double>& sum, const std::vector<double>& values, double weight) {
  sum.resize(values.size(), 0);
  for (std::size_t i = 0; i < values.size(); ++i) sum[i] += weight * values[i];
}

double told_shrinkage(const Fit& fit, const std::string& parameter) {
  const auto told = std::ranges::find(fit.etas, parameter, &EtaSummary::parameter);
  return told == fit.etas.end() ? std::nan("") : told->shrinkage;
}

}  // namespace

PopulationDraw mean_draw(const Fit& fit) {
  PopulationDraw mean;
  const double weight = 1 / std::max(1.0, static_cast<double>(fit.draws.size()));
  for (const PopulationDraw& draw : fit.draws) {
    add(mean.typical, draw.typical, weight);
    add(mean.omega, draw.omega, weight);
    add(mean.beta, draw.beta, weight);
    mean.pk_proportional += weight * draw.pk_proportional, mean.pk_additive += weight * draw.pk_additive;
    mean.pd_proportional += weight * draw.pd_proportional, mean.pd_additive += weight * draw.pd_additive;
  }
  return mean;
}

std::vector<RandomEffect> random_effects(const Fit& fit) {
  std::vector<RandomEffect> effects;
  if (fit.draws.empty() || fit.individuals.size() < 2) return effects;
  const PopulationDraw mean = mean_draw(fit);
  for (std::size_t j = 0; j < fit.model.parameters.size() && j < mean.omega.size(); ++j) {
    const PopulationParameter& parameter = fit.model.parameters[j];
    if (parameter.fixed || !parameter.varies) continue;
    RandomEffect effect{parameter.name, j, {}, mean.omega[j], told_shrinkage(fit, parameter.name)};
    for (const IndividualEstimate& subject : fit.individuals) {
      const bool known = j < subject.mean.size() && subject.covariates.size() == fit.model.covariates.size();
      effect.eta.push_back(known ? subject.mean[j] - covariate_mean(fit.model, mean, subject.covariates)[j]
                                 : std::nan(""));
    }
    effects.push_back(std::move(effect));
  }
  return effects;
}

std::vector<double> weighted_residuals(const IndividualFit& fit, double proportional, double additive) {
  if (fit.iwres.size() == fit.observed.size()) return fit.iwres;
  std::vector<double> residuals;
  for (std::size_t i = 0; i < fit.observed.size(); ++i) {
    const double sd = std::hypot(proportional * fit.individual[i], additive);
    residuals.push_back(sd > 0 ? (fit.observed[i] - fit.individual[i]) / sd : std::nan(""));
  }
  return residuals;
}

}  // namespace qdose
