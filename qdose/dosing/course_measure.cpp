#include "qdose/dosing/course_measure.hpp"

#include <algorithm>
#include <cmath>

namespace qdose {
namespace {

/// Value at the top of the parabola through three points with the highest in the middle; never below the
/// middle one.
double vertex(double t0, double y0, double t1, double y1, double t2, double y2) {
  const double rise = (y1 - y0) / (t1 - t0), fall = (y2 - y1) / (t2 - t1);
  const double curvature =
      (fall - rise) / (t2 - t0);  // of Newton's form y0 + rise (t - t0) + curvature (t-t0)(t-t1)
  if (!(curvature < 0)) return y1;
  const double top = 0.5 * (t0 + t1) - 0.5 * rise / curvature;
  if (!(top > t0 && top < t2)) return y1;
  return std::max(y1, y0 + rise * (top - t0) + curvature * (top - t0) * (top - t1));
}

/// Largest value of each lane (sign 1), or the smallest (sign -1): the inner loop of a dose search, all lanes
/// side by side.
Lanes extremes(std::span<const double> times, std::span<const Lanes> values, double sign) {
  Lanes best = all_lanes(-INFINITY), place;
  for (std::size_t k = 0; k < values.size(); ++k)
    for (std::size_t l = 0; l < lanes; ++l) {
      const double value = sign * values[k].v[l];
      place.v[l] = value > best.v[l] ? static_cast<double>(k) : place.v[l];
      best.v[l] = value > best.v[l] ? value : best.v[l];
    }
  for (std::size_t l = 0; l < lanes; ++l) {
    const auto k = static_cast<std::size_t>(place.v[l]);
    if (k > 0 && k + 1 < values.size())
      best.v[l] = vertex(times[k - 1], sign * values[k - 1].v[l], times[k], best.v[l], times[k + 1],
                         sign * values[k + 1].v[l]);
    best.v[l] *= sign;
  }
  return best;
}

/// 0 for a lane of finite values, else NaN.
Lanes finiteness(std::span<const Lanes> values) {
  Lanes zero;
  for (const Lanes& value : values)
    for (std::size_t l = 0; l < lanes; ++l) zero.v[l] += 0 * value.v[l];
  return zero;
}

/// Second derivative from three points around time k.
double bend(std::span<const double> t, std::span<const Lanes> y, std::size_t k, std::size_t l) {
  const double rise = (y[k].v[l] - y[k - 1].v[l]) / (t[k] - t[k - 1]);
  const double fall = (y[k + 1].v[l] - y[k].v[l]) / (t[k + 1] - t[k]);
  return 2 * (fall - rise) / (t[k + 1] - t[k - 1]);
}

double area(std::span<const double> t, std::span<const Lanes> y, std::size_t l) {
  double sum = 0;
  for (std::size_t k = 0; k + 1 < t.size(); ++k) {
    const double h = t[k + 1] - t[k];
    const double left = bend(t, y, std::max<std::size_t>(k, 1), l);
    const double right = bend(t, y, std::min(k + 1, t.size() - 2), l);
    sum += 0.5 * h * (y[k].v[l] + y[k + 1].v[l]) - h * h * h / 24 * (left + right);
  }
  return sum;
}

double share_on_side(std::span<const double> t, std::span<const Lanes> y, std::size_t l,
                     const Endpoint& endpoint) {
  const double sign = endpoint.direction == Direction::below ? 1 : -1;
  double on = 0;
  for (std::size_t k = 0; k + 1 < t.size(); ++k) {
    const double a = sign * (endpoint.threshold - y[k].v[l]);
    const double b = sign * (endpoint.threshold - y[k + 1].v[l]);
    const double share = a > 0 && b > 0 ? 1 : a <= 0 && b <= 0 ? 0 : std::max(a, b) / std::abs(a - b);
    on += share * (t[k + 1] - t[k]);
  }
  return on / (t.back() - t.front());
}

double measure_of(std::span<const double> t, std::span<const Lanes> y, std::size_t l, const Endpoint& e) {
  switch (e.measure) {
    case Measure::mean:
      return area(t, y, l) / (t.back() - t.front());
    case Measure::auc:
      return area(t, y, l);
    case Measure::time:
      return share_on_side(t, y, l, e);
    default:
      return y.back().v[l];
  }
}

}  // namespace

Lanes course_measure(std::span<const double> times, std::span<const Lanes> values, const Endpoint& endpoint) {
  Lanes result;
  if (endpoint.measure == Measure::peak || endpoint.measure == Measure::trough)
    result = extremes(times, values, endpoint.measure == Measure::peak ? 1 : -1);
  else
    for (std::size_t l = 0; l < lanes; ++l) result.v[l] = measure_of(times, values, l, endpoint);
  const Lanes finite = finiteness(values);
  for (std::size_t l = 0; l < lanes; ++l) result.v[l] += finite.v[l];
  return result;
}

}  // namespace qdose
