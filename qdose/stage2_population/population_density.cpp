#include "qdose/stage2_population/population_density.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "qdose/simulate/array_kernels.hpp"
#include "qdose/simulate/lane_memory.hpp"

namespace qdose {
namespace {

using QDOSE_ISA::load;
using QDOSE_ISA::store;

std::size_t at(std::ptrdiff_t place) { return static_cast<std::size_t>(place); }

double normal_term(const Normal& prior, double x, double& slope) {
  const double z = (x - prior.mean) / prior.sd;
  slope = -z / prior.sd;
  return -0.5 * z * z;
}

[[gnu::always_inline]] inline double lane_sum(const Batch& x) {
  const auto half = x.r[0] + x.r[1];  // AVX2: two registers a batch
  return (half[0] + half[2]) + (half[1] + half[3]);
}

[[gnu::always_inline]] inline Batch gathered(std::span<const double> x,
                                             const std::array<std::size_t, lanes>& place) {
  return Batch::each([&](std::size_t i) {
    const std::size_t* p = place.data() + 4 * i;
    return QDOSE_ISA::Real{x[p[0]], x[p[1]], x[p[2]], x[p[3]]};
  });
}

}  // namespace

PopulationDensity::PopulationDensity(std::shared_ptr<const PopulationProblem> problem)
    : problem_(std::move(problem)), correlation_(*problem_), twins_(*problem_), population_(*problem_) {
  const std::size_t parameters = problem_->structure.model.parameters.size();
  for (const ProblemBatch& batch : problem_->batches) {
    used_.emplace_back();
    for (std::size_t l = 0; l < batch.data.subject.size(); ++l) used_.back()[l] = 1.0;
    individuals_.emplace_back(parameters);
    for (std::size_t p = 0; p < parameters; ++p)
      for (std::size_t l = 0; l < lanes; ++l) {
        Individual& individual = individuals_.back()[p];
        const std::ptrdiff_t place = batch.individual[p].v[l];
        individual.weight[l] = individual.sampled[l] = place != absent ? 1.0 : 0.0;
        individual.place[l] = place != absent ? at(place) : 0;
      }
  }
  evaluation_.natural.resize(parameters);
  omega_.resize(parameters);
  effects_of_.resize(parameters);
  const auto& effects = problem_->structure.model.effects;
  for (std::size_t e = 0; e < effects.size(); ++e) effects_of_[effects[e].parameter].push_back(e);
  exponents_.resize(parameters);
}

double PopulationDensity::log_density(std::span<const double> x, std::span<double> gradient) {
  std::fill(gradient.begin(), gradient.end(), 0.0);
  double total = prior(x, gradient);
  total += remembers(x) ? recall_the_data(x, gradient) : ask_the_data(x, gradient);
  if (!correlation_.empty() && std::isfinite(total)) correlation_.finish(x, gradient);
  return total;
}

std::array<std::ptrdiff_t, 4> PopulationDensity::residual_places() const {
  const Layout& layout = problem_->layout;
  return {layout.log_pk_proportional, layout.log_pk_additive, layout.log_pd_proportional,
          layout.log_pd_additive};
}

/// Individuals and data, batch by batch; what the data said is kept.
double PopulationDensity::ask_the_data(std::span<const double> x, std::span<double> gradient) {
  latest_.position.clear();
  latest_.log_likelihood = 0;
  latest_.by_natural.resize(problem_->batches.size());
  const auto places = residual_places();
  for (std::size_t k = 0; k < places.size(); ++k)
    latest_.by_residual[k] = places[k] == absent ? 0.0 : -gradient[at(places[k])];
  double total = 0;
  for (std::size_t b = 0; b < problem_->batches.size() && std::isfinite(total); ++b) {
    if (!set_individuals(b, x)) return -std::numeric_limits<double>::infinity();
    const double likelihood = add_likelihood(problem_->batches[b], x, gradient);
    total += individual_prior(b, x) + likelihood;
    latest_.log_likelihood += likelihood;
    latest_.by_natural[b] = evaluation_.gradient;
    add_gradient(b, x, gradient);
  }
  for (std::size_t k = 0; k < places.size(); ++k)
    if (places[k] != absent) latest_.by_residual[k] += gradient[at(places[k])];
  if (std::isfinite(total)) latest_.position.assign(x.begin(), x.end());
  return total;
}

double PopulationDensity::recall_the_data(std::span<const double> x, std::span<double> gradient) {
  double total = current_.log_likelihood;
  for (std::size_t b = 0; b < problem_->batches.size(); ++b) {
    if (!set_individuals(b, x)) return -std::numeric_limits<double>::infinity();
    total += individual_prior(b, x);
    evaluation_.gradient = current_.by_natural[b];
    add_gradient(b, x, gradient);
  }
  const auto places = residual_places();
  for (std::size_t k = 0; k < places.size(); ++k)
    if (places[k] != absent) gradient[at(places[k])] += current_.by_residual[k];
  return total;
}

double PopulationDensity::log_likelihood(std::span<const double> x) {
  std::vector<double> unused(dimension());
  prior(x, unused);
  double total = 0;
  for (std::size_t b = 0; b < problem_->batches.size(); ++b) {
    if (!set_individuals(b, x)) return -std::numeric_limits<double>::infinity();
    total += add_likelihood(problem_->batches[b], x, unused);
  }
  return total;
}

/// Also notes the omegas and the correlations, for what follows.
double PopulationDensity::prior(std::span<const double> x, std::span<double> gradient) {
  const Layout& layout = problem_->layout;
  const PopulationPriors& priors = problem_->structure.priors;
  double total = 0;
  const auto add = [&](std::ptrdiff_t place, const Normal& normal) {
    if (place != absent) total += normal_term(normal, x[at(place)], gradient[at(place)]);
  };
  for (std::size_t p = 0; p < layout.typical.size(); ++p) {
    add(layout.typical[p], priors.typical[p]);
    add(layout.log_omega[p], priors.log_omega[p]);
    if (layout.log_omega[p] != absent) omega_[p] = std::exp(x[at(layout.log_omega[p])]);
  }
  for (std::size_t e = 0; e < layout.beta.size(); ++e)
    add(static_cast<std::ptrdiff_t>(layout.beta[e]), priors.beta[e]);
  add(layout.log_pk_proportional, priors.log_pk_proportional);
  add(layout.log_pk_additive, priors.log_pk_additive);
  add(layout.log_pd_proportional, priors.log_pd_proportional);
  add(layout.log_pd_additive, priors.log_pd_additive);
  if (!correlation_.empty()) total += correlation_.set(x, gradient);
  return total;
}

/// m of every lane: typical value plus covariate effects.
Batch PopulationDensity::lane_means(const ProblemBatch& batch, std::size_t parameter,
                                    std::span<const double> x) const {
  Batch mean(x[at(problem_->layout.typical[parameter])]);
  for (std::size_t e : effects_of_[parameter])
    mean += Batch(x[problem_->layout.beta[e]]) * load(batch.inputs[e]);
  return mean;
}

/// omega^-w of a batch, all parameters in one go.
void PopulationDensity::set_shrinkage(std::size_t b, std::span<const double> x) {
  const auto& log_omega = problem_->layout.log_omega;
  std::size_t count = 0;
  for (std::size_t p = 0; p < log_omega.size(); ++p)
    if (log_omega[p] != absent)
      store(exponents_[count++], -(load(individuals_[b][p].weight) * Batch(x[at(log_omega[p])])));
  array_kernels().exponentials(exponents_.data(), count, exponents_.data());
  count = 0;
  for (std::size_t p = 0; p < log_omega.size(); ++p)
    if (log_omega[p] != absent) individuals_[b][p].shrink = exponents_[count++];
}

/// Natural parameters of a batch. False when one is out of any sensible range, where arithmetic would only
/// overflow.
bool PopulationDensity::set_individuals(std::size_t b, std::span<const double> x) {
  const Batch farthest(40.0);
  const ProblemBatch& batch = problem_->batches[b];
  const auto& parameters = problem_->structure.model.parameters;
  set_shrinkage(b, x);
  Batch inside = farthest;  // stays so while all are
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    exponents_[p] = {};
    if (parameters[p].fixed) continue;
    Individual& individual = individuals_[b][p];
    Batch phi = lane_means(batch, p, x);
    if (problem_->layout.log_omega[p] != absent) {
      const Batch score = load(individual.sampled) * load(individual.shrink) *
                          (gathered(x, individual.place) - load(individual.weight) * phi);
      store(individual.score, score);
      phi += Batch(omega_[p]) * score;
    }
    store(exponents_[p], parameters[p].scale == Scale::log ? phi : -phi);
    const Batch size = select(phi < Batch(0.0), -phi, phi);
    inside = select(size < farthest, inside, Batch(0.0));
  }
  if ((inside < farthest).any()) return false;
  set_pulls(b);
  array_kernels().exponentials(exponents_.data(), parameters.size(), exponents_.data());
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    if (parameters[p].fixed) {
      evaluation_.natural[p] = all_lanes(parameters[p].value);
    } else if (parameters[p].scale == Scale::log) {
      evaluation_.natural[p] = individuals_[b][p].natural_slope = exponents_[p];
    } else {
      const Batch e = load(exponents_[p]), natural = Batch(1.0) / (Batch(1.0) + e);
      store(evaluation_.natural[p], natural);
      store(individuals_[b][p].natural_slope, natural * natural * e);
    }
  }
  return true;
}

/// What the prior of the random effects pulls with.
void PopulationDensity::set_pulls(std::size_t b) {
  for (Individual& individual : individuals_[b]) individual.pull = individual.score;
  if (correlation_.empty()) return;
  scores_.clear();
  pulls_.clear();
  for (Individual& individual : individuals_[b]) {
    scores_.push_back(&individual.score);
    pulls_.push_back(&individual.pull);
  }
  correlation_.weigh(b, scores_, pulls_);
}

double PopulationDensity::individual_prior(std::size_t b, std::span<const double> x) const {
  Batch total{};
  for (std::size_t p = 0; p < individuals_[b].size(); ++p) {
    const std::ptrdiff_t place = problem_->layout.log_omega[p];
    if (place == absent) continue;
    const Individual& individual = individuals_[b][p];  // score and weight are 0 where nothing is sampled
    total += Batch(-0.5) * load(individual.score) * load(individual.pull) -
             load(individual.weight) * Batch(x[at(place)]);
  }
  return lane_sum(total);
}

double PopulationDensity::add_likelihood(const ProblemBatch& batch, std::span<const double> x,
                                         std::span<double> gradient) {
  constexpr double least_error =
      1e-9;  // a proportional error alone would divide by 0 where nothing is predicted
  const QDOSE_ISA::NoDenormals guard;  // around all kernels of the batch
  evaluation_.predict(*problem_, batch.data.plan);
  double total = 0;
  const auto add = [&](const Observed& observed, std::ptrdiff_t proportional, std::ptrdiff_t additive,
                       ErrorKind kind, const std::vector<Lanes>& f, std::vector<Lanes>& adjoint) {
    if (observed.count.empty() || (proportional == absent && additive == absent)) return;
    const ErrorModel error{proportional == absent ? 0.0 : std::exp(x[at(proportional)]),
                           additive == absent ? least_error : std::exp(x[at(additive)]),
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
/// omega^-w. The prior's part comes from u' pull / 2.
void PopulationDensity::add_gradient(std::size_t b, std::span<const double>,
                                     std::span<double> gradient) const {
  const ProblemBatch& batch = problem_->batches[b];
  const Layout& layout = problem_->layout;
  const Batch used = load(used_[b]), one(1.0);
  for (std::size_t p = 0; p < individuals_[b].size(); ++p) {
    if (layout.typical[p] == absent) continue;
    const Individual& individual = individuals_[b][p];
    const Batch by_phi = load(evaluation_.gradient[p]) * load(individual.natural_slope);
    Batch by_mean = select(used > Batch(0.0), by_phi, Batch(0.0));
    if (layout.log_omega[p] != absent) {
      // Where nothing is sampled, score, weight and the mask are 0.
      const Batch sampled = load(individual.sampled), w = load(individual.weight), u = load(individual.score),
                  pull = load(individual.pull), shrink = load(individual.shrink), omega(omega_[p]);
      const Batch moved = omega * shrink, pulled = pull * shrink;
      const auto is_sampled = sampled > Batch(0.0);
      Lanes by_sampled;
      store(by_sampled, select(is_sampled, by_phi * moved - pulled, Batch(0.0)));
      for (std::size_t l = 0; l < lanes; ++l) gradient[individual.place[l]] += by_sampled[l];
      by_mean = by_mean * (one - w * moved) + w * pulled;
      const Batch by_log_omega = (one - w) * omega * u * by_phi + w * (u * pull - one);
      gradient[at(layout.log_omega[p])] += lane_sum(select(is_sampled, by_log_omega, Batch(0.0)));
    }
    gradient[at(layout.typical[p])] += lane_sum(by_mean);
    for (std::size_t e : effects_of_[p])
      gradient[layout.beta[e]] += lane_sum(by_mean * load(batch.inputs[e]));
  }
}

}  // namespace qdose
