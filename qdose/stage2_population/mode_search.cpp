#include "qdose/stage2_population/mode_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "qdose/base/random.hpp"

namespace qdose {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

constexpr double lowest = -std::numeric_limits<double>::infinity();

double value_at(Density& density, const VectorXd& x) {
  std::vector<double> gradient(density.dimension());
  const double value = density.log_density({x.data(), gradient.size()}, gradient);
  return std::isfinite(value) ? value : lowest;
}

/// Typical values from their prior (at most `widest` sds of one unit), effects at their centre, everybody
/// typical.
VectorXd draw_point(const PopulationProblem& problem, double width, Stream& random) {
  const Layout& layout = problem.layout;
  const PopulationPriors& priors = problem.structure.priors;
  VectorXd x = VectorXd::Zero(static_cast<Index>(layout.dimension));
  const auto put = [&](std::ptrdiff_t place, double value) {
    if (place != absent) x[place] = value;
  };
  for (std::size_t e = 0; e < layout.beta.size(); ++e)
    x[static_cast<Index>(layout.beta[e])] = priors.beta[e].mean;
  const auto& effects = problem.structure.model.effects;
  for (std::size_t p = 0; p < layout.typical.size(); ++p) {
    put(layout.typical[p],
        priors.typical[p].mean + width * std::min(1.0, priors.typical[p].sd) * random.normal());
    put(layout.log_omega[p], priors.log_omega[p].mean);
  }
  for (const ProblemBatch& batch : problem.batches)
    for (std::size_t p = 0; p < layout.typical.size(); ++p)
      for (std::size_t l = 0; l < lanes; ++l) {
        if (batch.individual[p].v[l] == absent) continue;
        double mean = x[layout.typical[p]];
        for (std::size_t e = 0; e < effects.size(); ++e)
          if (effects[e].parameter == p) mean += x[static_cast<Index>(layout.beta[e])] * batch.inputs[e][l];
        x[batch.individual[p].v[l]] = mean;
      }
  put(layout.log_pk_additive, priors.log_pk_additive.mean);
  put(layout.log_pd_additive, priors.log_pd_additive.mean);
  return x;
}

void set_proportional_error(const Layout& layout, double proportional, VectorXd& x) {
  for (std::ptrdiff_t place : {layout.log_pk_proportional, layout.log_pd_proportional})
    if (place != absent) x[place] = std::log(proportional);
}

}  // namespace

std::vector<std::ptrdiff_t> error_places(const Layout& layout) {
  std::vector<std::ptrdiff_t> places;
  for (std::ptrdiff_t place : {layout.log_pk_proportional, layout.log_pk_additive, layout.log_pd_proportional,
                               layout.log_pd_additive})
    if (place != absent) places.push_back(place);
  return places;
}

std::vector<std::size_t> held_places(const Layout& layout, bool hold_errors) {
  std::vector<std::size_t> held;
  for (std::ptrdiff_t place : layout.log_omega)
    if (place != absent) held.push_back(static_cast<std::size_t>(place));
  held.insert(held.end(), layout.correlation.begin(), layout.correlation.end());
  if (hold_errors)
    for (std::ptrdiff_t place : error_places(layout)) held.push_back(static_cast<std::size_t>(place));
  return held;
}

Ascent find_mode(PopulationDensity& density, std::uint64_t seed, std::size_t chain) {
  constexpr int points = 32, rounds = 25;
  const Layout& layout = density.problem().layout;
  VectorXd best;
  double best_value = lowest;
  for (std::uint32_t i = 0; i < points; ++i) {
    Stream random(seed, Purpose::start, chain, i);
    VectorXd x = draw_point(density.problem(), i == 0 ? 0.0 : 0.7, random);
    set_proportional_error(layout, 1.0, x);
    const double value = value_at(density, x);
    if (value <= best_value) continue;
    best_value = value;
    best = std::move(x);
  }
  Ascent mode;
  mode.log_density = lowest;
  if (best_value == lowest) return mode;
  mode.position = std::move(best);
  mode.gradients = points;
  const auto next = [&](bool hold_errors, double tolerance) {
    const long before = mode.gradients;
    mode = climb(density, std::move(mode.position), held_places(layout, hold_errors), tolerance, rounds);
    mode.gradients += before;
  };
  for (const auto& [proportional, tolerance] : {std::pair{1.0, 20.0}, {0.5, 20.0}, {0.25, 10.0}}) {
    set_proportional_error(layout, proportional, mode.position);
    next(true, tolerance);
  }
  next(false, 0.5);
  return mode;
}

}  // namespace qdose
