// The part of PopulationDensity that changes between sampled and reported coordinates.
#include <algorithm>
#include <cmath>

#include "qdose/stage2_population/population_density.hpp"

namespace qdose {
namespace {

std::size_t at(std::ptrdiff_t place) { return static_cast<std::size_t>(place); }

/// Calls body(batch, parameter, lane, place, mean) for every individual parameter that is sampled;
/// `population` holds at least the head of the vector.
template <class Body>
void for_each_individual(const PopulationProblem& problem, std::span<const double> population, Body body) {
  const auto& effects = problem.structure.model.effects;
  for (std::size_t b = 0; b < problem.batches.size(); ++b) {
    const ProblemBatch& batch = problem.batches[b];
    for (std::size_t p = 0; p < batch.individual.size(); ++p)
      for (std::size_t l = 0; l < lanes; ++l) {
        const std::ptrdiff_t place = batch.individual[p].v[l];
        if (place == absent) continue;
        double mean = population[at(problem.layout.typical[p])];
        for (std::size_t e = 0; e < effects.size(); ++e)
          if (effects[e].parameter == p) mean += population[problem.layout.beta[e]] * batch.inputs[e][l];
        body(b, p, l, at(place), mean);
      }
  }
}

}  // namespace

/// With x = phi the data depend on individual parameters and residual errors only: along everything else, the
/// prior is all. Along correlations it always is.
bool PopulationDensity::gradient_along(std::size_t j, std::span<const double> x, std::span<double> gradient) {
  const Layout& layout = problem_->layout;
  const auto& effects = problem_->structure.model.effects;
  bool prior_only = false;
  for (std::size_t p = 0; p < layout.typical.size() && centred_; ++p) {
    if (layout.log_omega[p] == absent) continue;
    prior_only = prior_only || at(layout.typical[p]) == j || at(layout.log_omega[p]) == j;
    for (std::size_t e = 0; e < effects.size(); ++e)
      prior_only = prior_only || (effects[e].parameter == p && layout.beta[e] == j);
  }
  for (std::size_t place : layout.correlation) prior_only = prior_only || place == j;
  if (!prior_only) return std::isfinite(log_density(x, gradient));
  std::fill(gradient.begin(), gradient.end(), 0.0);
  if (!std::isfinite(prior(x, gradient))) return false;
  evaluation_.gradient.assign(evaluation_.natural.size(), {});
  for (std::size_t b = 0; b < problem_->batches.size(); ++b) {
    if (!set_individuals(b, x)) return false;
    add_gradient(b, x, gradient);
  }
  if (!correlation_.empty()) correlation_.finish(x, gradient);
  return true;
}

bool PopulationDensity::learn_coordinates(std::span<const std::vector<double>> draws) {
  if (draws.size() < 10) return false;
  centred_ = false;
  current_.position.clear(), latest_.position.clear();  // of other coordinates
  if (!twins_.empty()) twins_.learn(draws);
  struct Moments {
    double sum = 0, squares = 0, omega_squares = 0;
  };
  std::vector<Moments> moments(dimension());
  for (const std::vector<double>& draw : draws)
    for_each_individual(
        *problem_, draw, [&](std::size_t, std::size_t p, std::size_t, std::size_t place, double mean) {
          const double deviation = draw[place] - mean;
          moments[place].sum += deviation;
          moments[place].squares += deviation * deviation;
          moments[place].omega_squares += std::exp(2.0 * draw[at(problem_->layout.log_omega[p])]);
        });
  const double n = static_cast<double>(draws.size());
  for_each_individual(
      *problem_, draws.front(), [&](std::size_t b, std::size_t p, std::size_t l, std::size_t place, double) {
        const Moments& m = moments[place];
        const double variance = m.squares / n - m.sum * m.sum / (n * n);
        individuals_[b][p].weight[l] = std::clamp(1.0 - variance * n / m.omega_squares, 0.0, 1.0);
      });
  return true;
}

std::vector<double> PopulationDensity::learnt() const {
  std::vector<double> weights;
  if (centred_) return weights;
  for (const auto& batch : individuals_)
    for (const Individual& individual : batch)
      weights.insert(weights.end(), individual.weight.v, individual.weight.v + lanes);
  const std::vector<double> scales = twins_.learnt();
  weights.insert(weights.end(), scales.begin(), scales.end());
  return weights;
}

double PopulationDensity::identity() const {
  double sum = 0, weight = 1;
  const auto add = [&](double x) { sum += x * (weight = weight < 1e6 ? weight * 1.0001 + 0.1 : 1); };
  for (const ProblemBatch& batch : problem_->batches)
    for (const Observed* observed : {&batch.data.pk, &batch.data.pd}) {
      for (std::size_t k = 0; k < observed->count.size(); ++k)
        for (std::size_t l = 0; l < lanes; ++l) add(observed->count[k][l] * observed->mean[k][l]);
      for (const Observed::Censored& c : observed->censored) add(c.limit * static_cast<double>(c.value + 1));
    }
  for (const Normal& prior : problem_->structure.priors.typical) add(prior.mean / prior.sd);
  for (const Normal& prior : problem_->structure.priors.beta) add(prior.mean / prior.sd);
  return sum;
}

void PopulationDensity::restore(std::span<const double> learnt) {
  current_.position.clear(), latest_.position.clear();
  if (learnt.empty()) return;
  centred_ = false;
  std::size_t next = 0;
  for (auto& batch : individuals_)
    for (Individual& individual : batch)
      for (double& w : individual.weight.v) w = learnt[next++];
  twins_.restore(learnt.subspan(next));
}

std::vector<double> PopulationDensity::memory() const {
  std::vector<double> all;
  for (const Remembered* place : {&current_, &latest_}) {
    all.push_back(static_cast<double>(place->position.size()));
    if (place->position.empty()) continue;
    all.insert(all.end(), place->position.begin(), place->position.end());
    all.push_back(place->log_likelihood);
    all.insert(all.end(), place->by_residual.begin(), place->by_residual.end());
    for (const auto& batch : place->by_natural)
      for (const Lanes& row : batch) all.insert(all.end(), row.v, row.v + lanes);
  }
  return all;
}

void PopulationDensity::remember(std::span<const double> memory) {
  const double* next = memory.data();
  for (Remembered* place : {&current_, &latest_}) {
    place->position.clear();
    if (memory.empty() || *next++ == 0) continue;
    place->position.assign(next, next + dimension());
    next += dimension();
    place->log_likelihood = *next++;
    for (double& x : place->by_residual) x = *next++;
    place->by_natural.assign(problem_->batches.size(), std::vector<Lanes>(evaluation_.natural.size()));
    for (auto& batch : place->by_natural)
      for (Lanes& row : batch)
        for (double& x : row.v) x = *next++;
  }
}

/// once(place, mean, w, omega^(1 - w)) for every individual that is sampled, with the powers of a batch made
/// together.
template <class Once>
void PopulationDensity::each_individual(std::span<const double> population, Once once) {
  const Layout& layout = problem_->layout;
  for (std::size_t p = 0; p < layout.log_omega.size(); ++p)
    if (layout.log_omega[p] != absent) omega_[p] = std::exp(population[at(layout.log_omega[p])]);
  for (std::size_t b = 0; b < problem_->batches.size(); ++b) {
    const ProblemBatch& batch = problem_->batches[b];
    set_shrinkage(b, population);
    for (std::size_t p = 0; p < layout.log_omega.size(); ++p) {
      if (layout.log_omega[p] == absent) continue;
      const Individual& individual = individuals_[b][p];
      for (std::size_t l = 0; l < lanes; ++l) {
        if (individual.sampled[l] == 0) continue;
        double mean = population[at(layout.typical[p])];
        for (const std::size_t e : effects_of_[p]) mean += population[layout.beta[e]] * batch.inputs[e][l];
        once(individual.place[l], mean, individual.weight[l], omega_[p] * individual.shrink[l]);
      }
    }
  }
}

bool PopulationDensity::jump(std::span<double> x, Stream& random) {
  if ((twins_.empty() && population_.empty()) || centred_) return false;  // without scales as yet
  if (latest_.is_of(x)) std::swap(current_, latest_);
  const bool known = current_.is_of(x);
  reported_.assign(x.begin(), x.end());
  each_individual(x, [&](std::size_t place, double mean, double w, double width) {
    reported_[place] = mean + (x[place] - w * mean) * width;
  });
  const bool changed = !twins_.empty() && twins_.move(reported_, random);
  population_.move(reported_, random);
  if (!changed && population_.empty()) return false;
  std::copy(reported_.begin(), reported_.end(), x.begin());
  each_individual(x, [&](std::size_t place, double mean, double w, double width) {
    x[place] = w * mean + (reported_[place] - mean) / width;
  });
  // Twins have the same likelihood, but not the same derivatives.
  if (known && !changed)
    current_.position.assign(x.begin(), x.end());
  else
    current_.position.clear();
  return true;
}

void PopulationDensity::to_reported(std::span<const double> x, std::span<double> reported) const {
  std::copy(x.begin(), x.end(), reported.begin());
  for_each_individual(
      *problem_, x, [&](std::size_t b, std::size_t p, std::size_t l, std::size_t place, double mean) {
        const double w = individuals_[b][p].weight[l], log_omega = x[at(problem_->layout.log_omega[p])];
        reported[place] = mean + (x[place] - w * mean) * std::exp((1.0 - w) * log_omega);
      });
}

void PopulationDensity::from_reported(std::span<const double> reported, std::span<double> x) const {
  std::copy(reported.begin(), reported.end(), x.begin());
  for_each_individual(
      *problem_, x, [&](std::size_t b, std::size_t p, std::size_t l, std::size_t place, double mean) {
        const double w = individuals_[b][p].weight[l], log_omega = x[at(problem_->layout.log_omega[p])];
        x[place] = w * mean + (reported[place] - mean) * std::exp((w - 1.0) * log_omega);
      });
}

}  // namespace qdose
