// The reference integrator: slow, plain, error-controlled; the judge of every closed form and kernel.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "qdose/ode/outcome.hpp"

namespace qdose {

/// Coefficients of Dormand & Prince 1980 (J Comput Appl Math 6:19), order 5 with an error estimate of order
/// 4; the last stage of a step is the first of the next.
struct DormandPrince {
  static constexpr std::size_t stages = 7;
  static constexpr double node[stages] = {0, 1. / 5, 3. / 10, 4. / 5, 8. / 9, 1, 1};
  static constexpr double weight[stages][stages - 1] = {
      {},
      {1. / 5},
      {3. / 40, 9. / 40},
      {44. / 45, -56. / 15, 32. / 9},
      {19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729},
      {9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656},
      {35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84},
  };
  static constexpr double error[stages] = {71. / 57600,      0,         -71. / 16695, 71. / 1920,
                                           -17253. / 339200, 22. / 525, -1. / 40};
};

/// Error allowed in one step: relative |y_i| + absolute_i, for every component.
template <std::size_t N>
struct OdeTolerance {
  double relative = 1e-10;
  std::array<double, N> absolute{};
  int most_steps = 1'000'000;

  double size(std::size_t i, double value) const { return absolute[i] + relative * std::abs(value) + 1e-300; }
};

template <std::size_t N>
struct OdeResult {
  OdeOutcome outcome = OdeOutcome::done;
  std::array<double, N> y{};  ///< at `time`; the end when the outcome is `done`
  double time = 0;
  int steps = 0;  ///< accepted and rejected
};

/// One step of size h from (t, y), k[0] = f(t, y): the new values; k[6] = f there. Returns the largest error
/// in units of the tolerance; infinite when a value is not finite.
template <std::size_t N, class F>
double dormand_prince_step(F& f, double t, const std::array<double, N>& y, double h,
                           std::array<std::array<double, N>, DormandPrince::stages>& k,
                           const OdeTolerance<N>& tolerance, std::array<double, N>& next) {
  using Table = DormandPrince;
  for (std::size_t s = 1; s < Table::stages; ++s) {
    for (std::size_t i = 0; i < N; ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < s; ++j) sum += Table::weight[s][j] * k[j][i];
      next[i] = y[i] + h * sum;
    }
    k[s] = f(t + Table::node[s] * h, next);
  }
  double largest = 0;
  for (std::size_t i = 0; i < N; ++i) {
    if (!std::isfinite(next[i]) || !std::isfinite(k.back()[i])) return INFINITY;
    double error = 0;
    for (std::size_t s = 0; s < Table::stages; ++s) error += Table::error[s] * k[s][i];
    largest = std::max(largest,
                       h * std::abs(error) / tolerance.size(i, std::max(std::abs(y[i]), std::abs(next[i]))));
  }
  return largest;
}

/// Solution of y' = f(t, y) at `end` from y at `start` (end >= start); f must be smooth between them.
template <std::size_t N, class F>
OdeResult<N> integrate(F f, const std::array<double, N>& y, double start, double end,
                       const OdeTolerance<N>& tolerance = {}) {
  OdeResult<N> at{OdeOutcome::done, y, start, 0};
  if (!(end > start)) return at;
  std::array<std::array<double, N>, DormandPrince::stages> k;
  k[0] = f(start, y);
  double speed = 0;  // of the fastest component, in units of its tolerance: chooses the first step
  for (std::size_t i = 0; i < N; ++i) speed = std::max(speed, std::abs(k[0][i]) / tolerance.size(i, y[i]));
  const double most = end - start;
  double h = std::clamp(1.0 / (speed * std::pow(tolerance.relative, 0.8) + 1e-300), 1e-6 * most, most);
  while (at.time < end) {
    if (at.steps++ >= tolerance.most_steps) {
      at.outcome = OdeOutcome::too_many_steps;
      return at;
    }
    const bool last = at.time + h * (1 + 1e-9) >= end;
    if (last) h = end - at.time;
    std::array<double, N> next;
    const double error = dormand_prince_step(f, at.time, at.y, h, k, tolerance, next);
    if (error <= 1) {
      at.time = last ? end : at.time + h;
      at.y = next;
      k[0] = k.back();
    }
    h *= std::isfinite(error) ? std::clamp(0.9 * std::pow(error + 1e-12, -0.2), 0.2, 5.0) : 0.1;
    if (at.time < end && at.time + h <= at.time) {
      at.outcome = std::isfinite(error) ? OdeOutcome::step_too_small : OdeOutcome::not_finite;
      return at;
    }
  }
  return at;
}

}  // namespace qdose
