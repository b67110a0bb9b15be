#include "qdose/stage2_population/population_density.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace qdose {
namespace {

std::size_t at(std::ptrdiff_t place) { return static_cast<std::size_t>(place); }

double normal_term(const Normal& prior, double x, double& slope) {
  const double z = (x - prior.mean) / prior.sd;
  slope = -z / prior.sd;
  return -0.5 * z * z;
}

/// m of every lane: typical value plus covariate effects.
Lanes lane_means(const PopulationProblem& problem, const ProblemBatch& batch, std::size_t parameter,
                 std::span<const double> x) {
  Lanes mean = all_lanes(x[at(problem.layout.typical[parameter])]);
  const auto& effects = problem.structure.model.effects;
  for (std::size_t e = 0; e < effects.size(); ++e) {
    if (effects[e].parameter != parameter) continue;
    const double beta = x[problem.layout.beta[e]];
    for (std::size_t l = 0; l < lanes; ++l) mean[l] += beta * batch.inputs[e][l];
  }
  return mean;
}

}  // namespace

PopulationDensity::PopulationDensity(std::shared_ptr<const PopulationProblem> problem)
    : problem_(std::move(problem)) {
  const std::size_t parameters = problem_->structure.model.parameters.size();
  for (const ProblemBatch& batch : problem_->batches) {
    individuals_.emplace_back(parameters);
    for (std::size_t p = 0; p < parameters; ++p)
      for (std::size_t l = 0; l < lanes; ++l)
        individuals_.back()[p].weight[l] = individuals_.back()[p].sampled[l] =
            batch.individual[p].v[l] != absent ? 1.0 : 0.0;
  }
  evaluation_.natural.resize(parameters);
}

double PopulationDensity::log_density(std::span<const double> x, std::span<double> gradient) {
  std::fill(gradient.begin(), gradient.end(), 0.0);
  double total = prior(x, gradient);
  for (std::size_t b = 0; b < problem_->batches.size() && std::isfinite(total); ++b) {
    if (!set_individuals(b, x)) return -std::numeric_limits<double>::infinity();
    total += individual_prior(b, x);
    total += add_likelihood(problem_->batches[b], x, gradient);
    add_gradient(b, x, gradient);
  }
  return total;
}

double PopulationDensity::prior(std::span<const double> x, std::span<double> gradient) const {
  const Layout& layout = problem_->layout;
  const PopulationPriors& priors = problem_->structure.priors;
  double total = 0;
  const auto add = [&](std::ptrdiff_t place, const Normal& normal) {
    if (place != absent) total += normal_term(normal, x[at(place)], gradient[at(place)]);
  };
  for (std::size_t p = 0; p < layout.typical.size(); ++p) {
    add(layout.typical[p], priors.typical[p]);
    add(layout.log_omega[p], priors.log_omega[p]);
  }
  for (std::size_t e = 0; e < layout.beta.size(); ++e)
    add(static_cast<std::ptrdiff_t>(layout.beta[e]), priors.beta[e]);
  add(layout.log_pk_proportional, priors.log_pk_proportional);
  add(layout.log_pk_additive, priors.log_pk_additive);
  add(layout.log_pd_proportional, priors.log_pd_proportional);
  add(layout.log_pd_additive, priors.log_pd_additive);
  return total;
}

/// Natural parameters of a batch. False when one is out of any sensible range, where arithmetic would only
/// overflow.
bool PopulationDensity::set_individuals(std::size_t b, std::span<const double> x) {
  constexpr double farthest = 40.0;
  const ProblemBatch& batch = problem_->batches[b];
  const auto& parameters = problem_->structure.model.parameters;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    Individual& individual = individuals_[b][p];
    if (parameters[p].fixed) {
      evaluation_.natural[p] = all_lanes(parameters[p].value);
      continue;
    }
    Lanes phi = lane_means(*problem_, batch, p, x);
    if (const std::ptrdiff_t place = problem_->layout.log_omega[p]; place != absent) {
      const double log_omega = x[at(place)], omega = std::exp(log_omega);
      for (std::size_t l = 0; l < lanes; ++l) {
        if (individual.sampled[l] == 0) continue;
        const double w = individual.weight[l];
        individual.shrink[l] = std::exp(-w * log_omega);
        individual.score[l] = (x[at(batch.individual[p].v[l])] - w * phi[l]) * individual.shrink[l];
        phi[l] += omega * individual.score[l];
      }
    }
    const bool log_scale = parameters[p].scale == Scale::log;
    for (std::size_t l = 0; l < lanes; ++l) {
      if (!(std::abs(phi[l]) < farthest)) return false;
      const double e = std::exp(log_scale ? phi[l] : -phi[l]);
      const double natural = log_scale ? e : 1.0 / (1.0 + e);
      evaluation_.natural[p][l] = natural;
      individual.natural_slope[l] = log_scale ? e : natural * natural * e;
    }
  }
  return true;
}

double PopulationDensity::individual_prior(std::size_t b, std::span<const double> x) const {
  double total = 0;
  for (std::size_t p = 0; p < individuals_[b].size(); ++p) {
    const std::ptrdiff_t place = problem_->layout.log_omega[p];
    if (place == absent) continue;
    const Individual& individual = individuals_[b][p];
    for (std::size_t l = 0; l < lanes; ++l)  // score and weight are 0 where nothing is sampled
      total -= 0.5 * individual.score[l] * individual.score[l] + individual.weight[l] * x[at(place)];
  }
  return total;
}

double PopulationDensity::add_likelihood(const ProblemBatch& batch, std::span<const double> x,
                                         std::span<double> gradient) {
  evaluation_.predict(*problem_, batch.data.plan);
  double total = 0;
  const auto add = [&](const Observed& observed, std::ptrdiff_t proportional, std::ptrdiff_t additive,
                       ErrorKind kind, const std::vector<Lanes>& f, std::vector<Lanes>& adjoint) {
    if (observed.count.empty() || (proportional == absent && additive == absent)) return;
    const ErrorModel error{proportional == absent ? 0.0 : std::exp(x[at(proportional)]),
                           additive == absent ? 0.0 : std::exp(x[at(additive)]),
                           kind == ErrorKind::log_normal};
    const ErrorGradient result = residual_likelihood(observed, error, f, adjoint);
    total += result.log_likelihood;
    if (proportional != absent) gradient[at(proportional)] += result.log_proportional;
    if (additive != absent) gradient[at(additive)] += result.log_additive;
  };
  const PopulationModel& model = problem_->structure.model;
  const Layout& layout = problem_->layout;
  add(batch.data.pk, layout.log_pk_proportional, layout.log_pk_additive, model.pk_error,
      evaluation_.concentration, evaluation_.concentration_adjoint);
  add(batch.data.pd, layout.log_pd_proportional, layout.log_pd_additive, model.pd_error, evaluation_.response,
      evaluation_.response_adjoint);
  evaluation_.pull_back(*problem_, batch.data.plan);
  return total;
}

/// From the gradient by natural parameters to that by sampled coordinates: phi = m + omega u, u = (x - w m)
/// omega^-w.
void PopulationDensity::add_gradient(std::size_t b, std::span<const double> x,
                                     std::span<double> gradient) const {
  const ProblemBatch& batch = problem_->batches[b];
  const Layout& layout = problem_->layout;
  const auto& effects = problem_->structure.model.effects;
  for (std::size_t p = 0; p < individuals_[b].size(); ++p) {
    if (layout.typical[p] == absent) continue;
    const Individual& individual = individuals_[b][p];
    const bool varies = layout.log_omega[p] != absent;
    const double omega = varies ? std::exp(x[at(layout.log_omega[p])]) : 0.0;
    Lanes by_mean;
    double by_log_omega = 0;
    for (std::size_t l = 0; l < batch.data.subject.size(); ++l) {
      const double by_phi = evaluation_.gradient[p][l] * individual.natural_slope[l];
      by_mean[l] = by_phi;
      if (individual.sampled[l] == 0) continue;
      const double w = individual.weight[l], u = individual.score[l], shrink = individual.shrink[l];
      gradient[at(batch.individual[p].v[l])] += by_phi * omega * shrink - u * shrink;
      by_mean[l] = by_phi * (1.0 - w * omega * shrink) + w * u * shrink;
      by_log_omega += (1.0 - w) * omega * u * by_phi + w * (u * u - 1.0);
    }
    if (varies) gradient[at(layout.log_omega[p])] += by_log_omega;
    double sum = 0;
    for (double g : by_mean.v) sum += g;
    gradient[at(layout.typical[p])] += sum;
    for (std::size_t e = 0; e < effects.size(); ++e)
      if (effects[e].parameter == p)
        for (std::size_t l = 0; l < lanes; ++l) gradient[layout.beta[e]] += by_mean[l] * batch.inputs[e][l];
  }
}

}  // namespace qdose
