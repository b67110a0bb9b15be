#include "qdose/stage2_population/psis.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "qdose/base/expects.hpp"
#include "qdose/num/batch.hpp"

namespace qdose {
namespace {

/// Of n ascending values, the one at the first quartile.
std::size_t quartile_place(std::size_t n) {
  return static_cast<std::size_t>(std::floor(static_cast<double>(n) / 4.0 + 0.5)) - 1;
}

/// A log weight and its draw.
struct Weight {
  double log = 0;
  std::size_t draw = 0;
  bool operator<(const Weight& other) const {
    return log < other.log || (log == other.log && draw < other.draw);
  }
};

/// The largest log weights ascending, equal ones by their draws; before them the largest of the others.
std::vector<Weight> largest(const std::vector<double>& log_weights, std::size_t tail) {
  std::vector<Weight> weights(log_weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = {log_weights[i], i};
  const auto first = weights.end() - static_cast<std::ptrdiff_t>(tail + 1);
  std::nth_element(weights.begin(), first, weights.end());
  std::sort(first + 1, weights.end());
  return {first, weights.end()};
}

/// Replaces the largest log weights (all at most 0) by the expected order statistics of a fitted tail;
/// returns its shape.
double smooth_tail(std::vector<double>& log_weights) {
  const double n = static_cast<double>(log_weights.size());
  const auto tail = static_cast<std::size_t>(std::ceil(std::min(0.2 * n, 3.0 * std::sqrt(n))));
  const std::vector<Weight> top = largest(log_weights, tail);
  const double cutoff = std::exp(top.front().log);
  std::vector<double> exceedances(tail);
  for (std::size_t i = 0; i < tail; ++i) exceedances[i] = std::exp(top[i + 1].log) - cutoff;
  // A state that was counted again may lie on both sides of the cutoff: zeros are fine while they are few.
  const double quartile = exceedances[quartile_place(tail)];
  if (!(exceedances.back() > exceedances.front() * (1 + 1e-9)) || !(quartile > 0)) return 0;
  const ParetoTail fitted = fit_pareto_tail(exceedances);
  if (!std::isfinite(fitted.shape)) return std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < tail; ++i) {
    const double p = (static_cast<double>(i) + 0.5) / static_cast<double>(tail);
    log_weights[top[i + 1].draw] =
        std::min(0.0, std::log(cutoff + fitted.quantile(p)));  // at most the raw maximum
  }
  return fitted.shape;
}

/// Mean of log(1 - t x) over x, for eight t at a time: logarithms of products of four, of the first
/// `multiplied` x.
Batch mean_log(const Batch& t, std::span<const double> x, std::size_t multiplied) {
  const Batch one(1.0);
  Batch sum(0.0);
  std::size_t i = 0;
  for (; i + 4 <= multiplied; i += 4)
    sum += log((one - t * Batch(x[i])) * (one - t * Batch(x[i + 1])) * (one - t * Batch(x[i + 2])) *
               (one - t * Batch(x[i + 3])));
  for (; i < x.size(); ++i) sum += log(one - t * Batch(x[i]));
  return sum * Batch(1.0 / static_cast<double>(x.size()));
}

}  // namespace

double log_mean_exp(std::span<const double> x) {
  const double top = *std::max_element(x.begin(), x.end());
  constexpr double far = -1000;  // whose exponential adds nothing
  Batch sum(0.0);
  for (std::size_t i = 0; i < x.size(); i += 8) {
    alignas(64) double part[8] = {far, far, far, far, far, far, far, far};
    for (std::size_t l = 0; l < std::min<std::size_t>(8, x.size() - i); ++l) part[l] = x[i + l] - top;
    sum += exp(Batch::load(part));
  }
  double total = 0;
  for (std::size_t l = 0; l < 8; ++l) total += sum.lane(l);
  return top + std::log(total / static_cast<double>(x.size()));
}

double ParetoTail::quantile(double p) const {
  return std::abs(shape) < 1e-10 ? -scale * std::log1p(-p)
                                 : scale * std::expm1(-shape * std::log1p(-p)) / shape;
}

ParetoTail fit_pareto_tail(std::span<const double> x) {
  const std::size_t n = x.size();
  const double count = static_cast<double>(n);
  const auto grid = static_cast<std::size_t>(30.0 + std::floor(std::sqrt(count)));
  const double quartile = x[quartile_place(n)];
  // Factors are below 1 + 4 x / quartile; four of them must not overflow.
  const std::size_t multiplied = x.back() < 1e70 * quartile ? n : 0;
  std::vector<double> theta(grid), log_profile(grid);
  for (std::size_t first = 0; first < grid; first += 8) {
    const std::size_t here = std::min<std::size_t>(8, grid - first);
    Batch at(0.0);
    for (std::size_t l = 0; l < here; ++l) {
      const double share = (static_cast<double>(first + l) + 0.5) / static_cast<double>(grid);
      theta[first + l] = 1.0 / x.back() + (1.0 - std::sqrt(1.0 / share)) / (3.0 * quartile);
      at.set_lane(l, theta[first + l]);
    }
    const Batch shapes = mean_log(at, x, multiplied);
    for (std::size_t l = 0; l < here; ++l) {
      const double shape = shapes.lane(l);
      log_profile[first + l] = count * (std::log(-theta[first + l] / shape) - shape - 1.0);
    }
  }
  const double most = *std::max_element(log_profile.begin(), log_profile.end());
  double weights = 0, mean_theta = 0;
  for (std::size_t j = 0; j < grid; ++j) {
    const double weight = std::exp(log_profile[j] - most);
    weights += weight;
    mean_theta += weight * theta[j];
  }
  mean_theta /= weights;
  const double shape = mean_log(Batch(mean_theta), x, multiplied).lane(0);
  constexpr double prior_count = 10.0, prior_shape = 0.5;
  return {(shape * count + prior_shape * prior_count) / (count + prior_count), -shape / mean_theta};
}

LeaveOneOut leave_one_out(std::span<const double> log_likelihood) {
  expects(log_likelihood.size() >= 20, "enough draws for a tail");
  std::vector<double> log_weights(log_likelihood.size());
  std::transform(log_likelihood.begin(), log_likelihood.end(), log_weights.begin(), std::negate<>());
  const auto [least, top] = std::minmax_element(log_weights.begin(), log_weights.end());
  // Nearly equal weights are an average, whatever the shape of their differences' tail: far below a limit of
  // quantification these span many orders of size.
  constexpr double nearly_equal = 0.1;
  const double largest_weight = *top, range = *top - *least;
  for (double& w : log_weights) w -= largest_weight;
  LeaveOneOut result;
  result.k = range < nearly_equal ? 0.0 : smooth_tail(log_weights);
  std::vector<double> weighted(log_weights.size());
  for (std::size_t i = 0; i < weighted.size(); ++i) weighted[i] = log_weights[i] + log_likelihood[i];
  result.elpd = log_mean_exp(weighted) - log_mean_exp(log_weights);
  return result;
}

}  // namespace qdose
