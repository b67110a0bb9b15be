#include "qdose/stage2_population/psis.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "qdose/base/expects.hpp"

namespace qdose {
namespace {

/// Replaces the largest log weights (all at most 0) by the expected order statistics of a fitted tail;
/// returns its shape.
double smooth_tail(std::vector<double>& log_weights) {
  const double n = static_cast<double>(log_weights.size());
  const auto tail = static_cast<std::size_t>(std::ceil(std::min(0.2 * n, 3.0 * std::sqrt(n))));
  std::vector<std::size_t> order(log_weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return log_weights[a] < log_weights[b]; });
  const std::size_t first = order.size() - tail;
  const double cutoff = std::exp(log_weights[order[first - 1]]);
  std::vector<double> exceedances;
  for (std::size_t i = first; i < order.size(); ++i)
    exceedances.push_back(std::exp(log_weights[order[i]]) - cutoff);
  if (!(exceedances.back() > exceedances.front() * (1 + 1e-9)) || !(exceedances.front() > 0)) return 0;
  const ParetoTail fitted = fit_pareto_tail(exceedances);
  if (!std::isfinite(fitted.shape)) return std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < tail; ++i) {
    const double p = (static_cast<double>(i) + 0.5) / static_cast<double>(tail);
    log_weights[order[first + i]] =
        std::min(0.0, std::log(cutoff + fitted.quantile(p)));  // at most the raw maximum
  }
  return fitted.shape;
}

}  // namespace

double log_mean_exp(std::span<const double> x) {
  const double top = *std::max_element(x.begin(), x.end());
  double sum = 0;
  for (double v : x) sum += std::exp(v - top);
  return top + std::log(sum / static_cast<double>(x.size()));
}

double ParetoTail::quantile(double p) const {
  return std::abs(shape) < 1e-10 ? -scale * std::log1p(-p)
                                 : scale * std::expm1(-shape * std::log1p(-p)) / shape;
}

ParetoTail fit_pareto_tail(std::span<const double> x) {
  const std::size_t n = x.size();
  const double count = static_cast<double>(n);
  const auto grid = static_cast<std::size_t>(30.0 + std::floor(std::sqrt(count)));
  const double quartile = x[static_cast<std::size_t>(std::floor(count / 4.0 + 0.5)) - 1];
  std::vector<double> theta(grid), log_profile(grid);
  const auto mean_log = [&](double t) {
    double sum = 0;
    for (double v : x) sum += std::log1p(-t * v);
    return sum / count;
  };
  for (std::size_t j = 0; j < grid; ++j) {
    const double share = (static_cast<double>(j) + 0.5) / static_cast<double>(grid);
    theta[j] = 1.0 / x.back() + (1.0 - std::sqrt(1.0 / share)) / (3.0 * quartile);
    const double shape = mean_log(theta[j]);
    log_profile[j] = count * (std::log(-theta[j] / shape) - shape - 1.0);
  }
  double mean_theta = 0;
  for (std::size_t j = 0; j < grid; ++j) {
    double inverse_weight = 0;
    for (std::size_t i = 0; i < grid; ++i) inverse_weight += std::exp(log_profile[i] - log_profile[j]);
    mean_theta += theta[j] / inverse_weight;
  }
  const double shape = mean_log(mean_theta);
  constexpr double prior_count = 10.0, prior_shape = 0.5;
  return {(shape * count + prior_shape * prior_count) / (count + prior_count), -shape / mean_theta};
}

LeaveOneOut leave_one_out(std::span<const double> log_likelihood) {
  expects(log_likelihood.size() >= 20, "enough draws for a tail");
  std::vector<double> log_weights(log_likelihood.size());
  std::transform(log_likelihood.begin(), log_likelihood.end(), log_weights.begin(), std::negate<>());
  const double top = *std::max_element(log_weights.begin(), log_weights.end());
  for (double& w : log_weights) w -= top;
  LeaveOneOut result;
  result.k = smooth_tail(log_weights);
  std::vector<double> weighted(log_weights.size());
  for (std::size_t i = 0; i < weighted.size(); ++i) weighted[i] = log_weights[i] + log_likelihood[i];
  result.elpd = log_mean_exp(weighted) - log_mean_exp(log_weights);
  return result;
}

}  // namespace qdose
