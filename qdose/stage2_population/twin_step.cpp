#include "qdose/stage2_population/twin_step.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "qdose/simulate/lane_memory.hpp"

namespace qdose {
namespace {

using QDOSE_ISA::load;
using QDOSE_ISA::store;

std::size_t at(std::ptrdiff_t place) { return static_cast<std::size_t>(place); }

/// Lane after lane.
double lane_sum(const Batch& x) {
  Lanes m;
  store(m, x);
  double sum = 0;
  for (double v : m.v) sum += v;
  return sum;
}

/// The parameters that differ between twins, found at eight places that are spread over two decades.
std::vector<std::size_t> moving_parameters(const ModelInfo& model) {
  constexpr double irrational = 0.6180339887498949, same = 1e-9;
  LaneTwins::Row values[LaneTwins::most];
  for (std::size_t p = 0; p < model.parameters.size(); ++p)
    for (std::size_t l = 0; l < lanes; ++l) {
      const double spread = std::fmod(static_cast<double>(1 + l + lanes * p) * irrational, 1.0);
      values[p].v[l] = std::pow(10.0, 2 * spread - 1);
    }
  LaneTwins twins;
  model.twins(values, twins);
  std::vector<std::size_t> moving;
  for (std::size_t p = 0; p < model.parameters.size(); ++p)
    if (std::any_of(twins.move[p].v, twins.move[p].v + lanes, [&](double m) { return std::abs(m) > same; }))
      moving.push_back(p);
  return moving;
}

struct LogSum {
  Batch value, slope;
};

/// ln(1 + e^x) and its derivative.
LogSum log_sum(const Batch& x) {
  const Batch zero(0.0), one(1.0);
  const auto below = x < zero;
  const Batch small = exp(select(below, x, -x)), minor = small / (one + small);
  return {log(one + small) + select(below, zero, x), select(below, minor, one - minor)};
}

}  // namespace

TwinStep::TwinStep(const PopulationProblem& problem)
    : problem_(&problem), model_(find_model(problem.structure.model.pk_class)) {
  const Layout& layout = problem.layout;
  if (model_ == nullptr || model_->twins == nullptr || !layout.correlation.empty()) return;
  const std::vector<std::size_t> moving = moving_parameters(*model_);
  for (const std::size_t p : moving)
    if (layout.log_omega[p] == absent) return;
  moving_ = moving;
  const auto& effects = problem.structure.model.effects;
  for (const std::size_t p : moving_) {
    coordinate_.push_back(at(layout.typical[p]));
    coordinate_.push_back(at(layout.log_omega[p]));
    for (std::size_t e = 0; e < effects.size(); ++e)
      if (effects[e].parameter == p) coordinate_.push_back(layout.beta[e]);
  }
  for (const ProblemBatch& batch : problem.batches) {
    Group& group = groups_.emplace_back();
    group.phi.resize(moving_.size());
    group.jump.resize(moving_.size());
    for (std::size_t l = 0; l < batch.data.subject.size(); ++l)
      group.counted[l] = std::all_of(moving_.begin(), moving_.end(),
                                     [&](std::size_t p) { return batch.individual[p].v[l] != absent; });
  }
  const auto anyone = [](const Group& group) { return lane_sum(load(group.counted)) > 0; };
  if (std::none_of(groups_.begin(), groups_.end(), anyone)) moving_.clear();  // no concentrations
  scale_.assign(coordinate_.size(), 0.0);
}

void TwinStep::learn(std::span<const std::vector<double>> draws) {
  const Layout& layout = problem_->layout;
  const auto& effects = problem_->structure.model.effects;
  double count = 0;
  for (const Group& group : groups_)
    for (double c : group.counted.v) count += c;
  std::size_t next = 0;
  for (const std::size_t p : moving_) {
    double log_omega = 0;
    for (const auto& draw : draws)
      log_omega += draw[at(layout.log_omega[p])] / static_cast<double>(draws.size());
    const double own = std::exp(log_omega) / std::sqrt(count);
    scale_[next++] = own;
    scale_[next++] = 1 / std::sqrt(2 * count);
    for (std::size_t e = 0; e < effects.size(); ++e) {
      if (effects[e].parameter != p) continue;
      double squares = 0;
      for (std::size_t b = 0; b < groups_.size(); ++b)
        squares += lane_sum(load(groups_[b].counted) * load(problem_->batches[b].inputs[e]) *
                            load(problem_->batches[b].inputs[e]));
      scale_[next++] = own / std::sqrt(std::max(squares / count, 1e-4));
    }
  }
}

Lanes TwinStep::mean(std::size_t b, std::size_t parameter, std::span<const double> draw) const {
  const auto& effects = problem_->structure.model.effects;
  const std::ptrdiff_t typical = problem_->layout.typical[parameter];
  Batch sum(typical != absent
                ? draw[at(typical)]
                : to_unbounded(Scale::log, problem_->structure.model.parameters[parameter].value));
  for (std::size_t e = 0; e < effects.size(); ++e)
    if (effects[e].parameter == parameter)
      sum += Batch(draw[problem_->layout.beta[e]]) * load(problem_->batches[b].inputs[e]);
  Lanes result;
  store(result, sum);
  return result;
}

/// Where the subjects are, and where they could be as well.
void TwinStep::place(std::span<const double> draw) {
  for (std::size_t b = 0; b < groups_.size(); ++b) {
    Group& group = groups_[b];
    LaneTwins::Row values[LaneTwins::most];
    std::vector<Lanes> phi(model_->parameters.size());
    for (std::size_t p = 0; p < phi.size(); ++p) {
      phi[p] = mean(b, p, draw);
      for (std::size_t l = 0; l < lanes; ++l)
        if (const std::ptrdiff_t own = problem_->batches[b].individual[p].v[l]; own != absent)
          phi[p][l] = draw[at(own)];
      exp(load(phi[p])).store(values[p].v);
    }
    LaneTwins twins;
    model_->twins(values, twins);
    store(group.two, load(group.counted) * Batch::load(twins.exists.v));
    Batch::load(twins.log_jacobian.v).store(group.log_jacobian.v);
    for (std::size_t k = 0; k < moving_.size(); ++k) {
      group.phi[k] = phi[moving_[k]];
      Batch::load(twins.move[moving_[k]].v).store(group.jump[k].v);
    }
  }
}

double TwinStep::evaluate(std::span<const double> draw, std::span<double> gradient) {
  const Layout& layout = problem_->layout;
  const PopulationPriors& priors = problem_->structure.priors;
  const auto& effects = problem_->structure.model.effects;
  double total = 0;
  std::size_t next = 0;
  const auto add_prior = [&](std::size_t place, const Normal& prior) {
    const double z = (draw[place] - prior.mean) / prior.sd;
    total -= 0.5 * z * z;
    gradient[next++] = -z / prior.sd;
  };
  for (const std::size_t p : moving_) {
    add_prior(at(layout.typical[p]), priors.typical[p]);
    add_prior(at(layout.log_omega[p]), priors.log_omega[p]);
    for (std::size_t e = 0; e < effects.size(); ++e)
      if (effects[e].parameter == p) add_prior(layout.beta[e], priors.beta[e]);
  }
  const Batch zero(0.0), half(0.5), one(1.0);
  std::array<Batch, LaneTwins::most> u, other, inverse;
  for (std::size_t k = 0; k < moving_.size(); ++k)
    inverse[k] = Batch(std::exp(-draw[at(layout.log_omega[moving_[k]])]));
  for (std::size_t b = 0; b < groups_.size(); ++b) {
    Group& group = groups_[b];
    const Batch counted = load(group.counted);
    const auto two = load(group.two) > zero;
    Batch own_term = zero, log_ratio = load(group.log_jacobian);
    for (std::size_t k = 0; k < moving_.size(); ++k) {
      u[k] = (load(group.phi[k]) - load(mean(b, moving_[k], draw))) * inverse[k];
      other[k] = u[k] + load(group.jump[k]) * inverse[k];
      own_term += half * u[k] * u[k] + Batch(draw[at(layout.log_omega[moving_[k]])]);
      log_ratio += half * (u[k] * u[k] - other[k] * other[k]);
    }
    const auto [both, share] = log_sum(select(two, log_ratio, Batch(-700)));
    const Batch at_twin = select(two, share, zero);
    store(group.share, at_twin);
    total += lane_sum(counted * (select(two, both, zero) - own_term));
    next = 0;
    for (std::size_t k = 0; k < moving_.size(); ++k) {
      const Batch by_mean = counted * (u[k] + at_twin * (other[k] - u[k])) * inverse[k];
      gradient[next++] += lane_sum(by_mean);
      gradient[next++] +=
          lane_sum(counted * (u[k] * u[k] + at_twin * (other[k] * other[k] - u[k] * u[k]) - one));
      for (std::size_t e = 0; e < effects.size(); ++e)
        if (effects[e].parameter == moving_[k])
          gradient[next++] += lane_sum(by_mean * load(problem_->batches[b].inputs[e]));
    }
  }
  return total;
}

/// Leapfrog with a random number of steps.
bool TwinStep::travel(std::span<double> draw, Stream& random) {
  constexpr double step = 0.5;
  constexpr std::uint32_t fewest = 5, most = 39;
  const std::size_t n = coordinate_.size();
  std::vector<double> momentum(n), gradient(n), start(n);
  double kinetic = 0;
  for (std::size_t i = 0; i < n; ++i) {
    start[i] = draw[coordinate_[i]];
    momentum[i] = random.normal();
    kinetic += 0.5 * momentum[i] * momentum[i];
  }
  const double before = evaluate(draw, gradient) - kinetic;
  double value = 0;
  for (std::uint32_t k = fewest + random.below(most - fewest + 1); k > 0; --k) {
    for (std::size_t i = 0; i < n; ++i) {
      momentum[i] += 0.5 * step * scale_[i] * gradient[i];
      draw[coordinate_[i]] += step * scale_[i] * momentum[i];
    }
    value = evaluate(draw, gradient);
    for (std::size_t i = 0; i < n; ++i) momentum[i] += 0.5 * step * scale_[i] * gradient[i];
  }
  kinetic = 0;
  for (const double p : momentum) kinetic += 0.5 * p * p;
  if (std::log(random.uniform()) < value - kinetic - before) return true;
  for (std::size_t i = 0; i < n; ++i) draw[coordinate_[i]] = start[i];
  evaluate(draw, gradient);  // the shares here
  return false;
}

/// Puts those of the subjects with two places at the other one of which change(group, lane) says so.
template <class Change>
bool TwinStep::change_places(std::span<double> draw, Change change) const {
  bool changed = false;
  for (std::size_t b = 0; b < groups_.size(); ++b)
    for (std::size_t l = 0; l < lanes; ++l) {
      if (groups_[b].two[l] == 0 || !change(groups_[b], l)) continue;
      changed = true;
      for (std::size_t k = 0; k < moving_.size(); ++k)
        draw[at(problem_->batches[b].individual[moving_[k]].v[l])] += groups_[b].jump[k][l];
    }
  return changed;
}

bool TwinStep::gather(std::span<double> draw, int side) {
  place(draw);
  return change_places(draw,
                       [&](const Group& group, std::size_t l) { return side * group.jump.front()[l] > 0; });
}

bool TwinStep::move(std::span<double> draw, Stream& random) {
  place(draw);
  const bool travelled = travel(draw, random);
  const bool chosen = change_places(  // each subject's place, given the population
      draw, [&](const Group& group, std::size_t l) { return random.uniform() < group.share[l]; });
  return chosen || travelled;
}

}  // namespace qdose
