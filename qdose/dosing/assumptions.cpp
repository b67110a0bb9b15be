#include "qdose/dosing/assumptions.hpp"

#include <algorithm>
#include <cmath>

#include "qdose/dosing/population_source.hpp"
#include "qdose/dosing/scenario.hpp"
#include "qdose/results/effect_correlation.hpp"

namespace qdose {
namespace {

double allometric_exponent(const PopulationParameter& parameter) {
  return parameter.unit == "L/h" ? 0.75 : parameter.unit == "L" ? 1 : 0;
}

/// Random effects in standard deviations.
std::vector<double> standard_effects(const PopulationModel& model, const PopulationDraw& draw,
                                     const PersonRule& rule, Stream& stream) {
  const std::size_t count = model.parameters.size();
  std::vector<double> z(count);
  for (double& value : z) value = stream.normal();
  if (rule.root.empty())
    correlate(model, draw, z);
  else
    for (std::size_t p = count; p-- > 0;) {
      double sum = 0;
      for (std::size_t q = 0; q <= p; ++q) sum += rule.root[p][q] * z[q];
      z[p] = sum;
    }
  if (rule.heavy_tails) {
    double chi_square = 0;
    for (int k = 0; k < 5; ++k) chi_square += std::pow(stream.normal(), 2);
    for (double& value : z) value *= std::sqrt(3 / chi_square);  // variance 1: 5 / (5 - 2) taken out
  }
  return z;
}

/// Correlation of the individual estimates beyond covariates, for the parameters that vary and that the data
/// inform; 0 for the others.
std::vector<std::vector<double>> estimated_correlation(const Fit& fit) {
  const std::size_t parameters = fit.model.parameters.size(), people = fit.individuals.size();
  PopulationDraw centre = fit.draws.front();
  for (std::size_t p = 0; p < parameters; ++p) {
    centre.typical[p] = 0;
    for (const PopulationDraw& draw : fit.draws)
      centre.typical[p] += draw.typical[p] / static_cast<double>(fit.draws.size());
  }
  std::vector<std::vector<double>> effects(parameters, std::vector<double>(people));
  std::vector<double> informed(parameters, 0);
  for (std::size_t i = 0; i < people; ++i) {
    const auto mean = covariate_mean(fit.model, centre, fit.individuals[i].covariates);
    for (std::size_t p = 0; p < parameters; ++p) {
      effects[p][i] = fit.individuals[i].mean[p] - mean[p];
      informed[p] += fit.individuals[i].shrinkage[p] / static_cast<double>(people);
    }
  }
  std::vector<std::vector<double>> correlation(parameters, std::vector<double>(parameters, 0));
  const auto product = [&](std::size_t a, std::size_t b) {
    double sum = 0;
    for (std::size_t i = 0; i < people; ++i) sum += effects[a][i] * effects[b][i];
    return sum;
  };
  const auto usable = [&](std::size_t p) {
    const PopulationParameter& parameter = fit.model.parameters[p];
    return !parameter.fixed && parameter.varies && informed[p] > 0.5 && product(p, p) > 0;
  };
  for (std::size_t a = 0; a < parameters; ++a)
    for (std::size_t b = 0; b < parameters; ++b)
      correlation[a][b] = a == b ? 1
                          : !usable(a) || !usable(b)
                              ? 0
                              : product(a, b) / std::sqrt(product(a, a) * product(b, b));
  return correlation;
}

/// Cholesky root; empty when the matrix is not positive definite.
std::vector<std::vector<double>> root_of(const std::vector<std::vector<double>>& matrix) {
  const std::size_t n = matrix.size();
  std::vector<std::vector<double>> root(n, std::vector<double>(n, 0));
  for (std::size_t a = 0; a < n; ++a)
    for (std::size_t b = 0; b <= a; ++b) {
      double rest = matrix[a][b];
      for (std::size_t k = 0; k < b; ++k) rest -= root[a][k] * root[b][k];
      if (a == b && !(rest > 1e-9)) return {};
      root[a][b] = a == b ? std::sqrt(rest) : rest / root[b][b];
    }
  return root;
}

}  // namespace

std::vector<double> draw_person(const PopulationModel& model, const PopulationDraw& draw,
                                const PersonRule& rule, std::span<const double> covariates, Stream& stream) {
  std::vector<double> row(covariates.begin(), covariates.end());
  double beyond = 0;  // ln of the weight over the nearest one studied
  if (rule.beyond != PersonRule::Beyond::fitted)
    if (const auto weight = weight_covariate(model)) {
      const PopulationCovariate& studied = model.covariates[*weight];
      const double within = std::clamp(row[*weight], studied.smallest, studied.largest);
      beyond = std::log(row[*weight] / within);
      row[*weight] = within;
    }
  std::vector<double> parameters = covariate_mean(model, draw, row);
  const std::vector<double> z = standard_effects(model, draw, rule, stream);
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    parameters[p] += rule.spread * draw.omega[p] * z[p];
    if (rule.beyond == PersonRule::Beyond::allometric)
      parameters[p] += allometric_exponent(model.parameters[p]) * beyond;
  }
  return natural_parameters(model, std::move(parameters));
}

std::vector<PersonRule> alternative_rules(const Fit& fit) {
  std::vector<PersonRule> rules;
  if (weight_covariate(fit.model)) {
    rules.push_back(
        {.words = "beyond the trial's body weights their effect stops", .beyond = PersonRule::Beyond::flat});
    rules.push_back(
        {.words = "beyond the trial's body weights clearances follow weight^0.75, volumes weight^1",
         .beyond = PersonRule::Beyond::allometric});
  }
  if (!fit.individuals.empty() && !fit.model.correlated)
    if (auto root = root_of(estimated_correlation(fit)); !root.empty())
      rules.push_back(
          {.words = "random effects correlated as the individual estimates are", .root = std::move(root)});
  rules.push_back(
      {.words = "random effects with heavy tails (t, 5 degrees of freedom)", .heavy_tails = true});
  rules.push_back({.words = "a fifth more spread between people", .spread = 1.2});
  return rules;
}

}  // namespace qdose
