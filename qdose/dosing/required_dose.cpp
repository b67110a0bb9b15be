#include "qdose/dosing/required_dose.hpp"

#include <algorithm>
#include <cmath>

namespace qdose {

Lanes required_dose(SteadyEndpoint& extreme, const std::vector<Lanes>& parameters, const Endpoint& endpoint,
                    double smallest, double largest, long& failures) {
  Lanes result, low = all_lanes(std::log(smallest)), high = all_lanes(std::log(largest)), f_low, f_high;
  bool open[lanes];
  const Lanes none = extreme(parameters, Lanes{}), least = extreme(parameters, all_lanes(smallest)),
              most = extreme(parameters, all_lanes(largest));
  for (std::size_t l = 0; l < lanes; ++l) {
    f_low.v[l] = endpoint.distance(least.v[l]);
    f_high.v[l] = endpoint.distance(most.v[l]);
    const double f_none = endpoint.distance(none.v[l]);
    open[l] = false;
    if (!std::isfinite(f_low.v[l]) || !std::isfinite(f_high.v[l]) || !std::isfinite(f_none)) {
      result.v[l] = INFINITY;
      ++failures;
    } else if (f_none < 0) {
      result.v[l] = 0;
    } else if (f_high.v[l] >= 0) {
      result.v[l] = INFINITY;
    } else if (f_low.v[l] < 0) {
      result.v[l] = smallest;
    } else {
      open[l] = true;
    }
  }
  int side[lanes] = {};
  for (int step = 0; step < 60 && std::any_of(open, open + lanes, [](bool b) { return b; }); ++step) {
    Lanes x, dose;
    for (std::size_t l = 0; l < lanes; ++l) {
      x.v[l] = open[l] ? (low.v[l] * f_high.v[l] - high.v[l] * f_low.v[l]) / (f_high.v[l] - f_low.v[l]) : 0.0;
      if (step % 4 == 3) x.v[l] = 0.5 * (low.v[l] + high.v[l]);  // bounds the number of steps
      dose.v[l] = open[l] ? std::exp(x.v[l]) : smallest;
    }
    const Lanes value = extreme(parameters, dose);
    for (std::size_t l = 0; l < lanes; ++l) {
      if (!open[l]) continue;
      const double f = endpoint.distance(value.v[l]);
      if (f < 0) {
        high.v[l] = x.v[l];
        f_high.v[l] = f;
        if (side[l] == 1) f_low.v[l] *= 0.5;
        side[l] = 1;
      } else {
        low.v[l] = x.v[l];
        f_low.v[l] = f;
        if (side[l] == -1) f_high.v[l] *= 0.5;
        side[l] = -1;
      }
      if (high.v[l] - low.v[l] < 1e-4 || std::fabs(f) < 1e-7) {
        open[l] = false;
        result.v[l] = std::exp(high.v[l] - low.v[l] < 1e-4 ? high.v[l] : x.v[l]);
      }
    }
  }
  for (std::size_t l = 0; l < lanes; ++l)
    if (open[l]) result.v[l] = std::exp(high.v[l]);
  return result;
}

Lanes falls_with_dose(SteadyEndpoint& extreme, const std::vector<Lanes>& parameters, const Endpoint& endpoint,
                      double smallest, double largest) {
  constexpr int rungs = 8;
  Lanes falls = all_lanes(1.0), before;
  for (int r = 0; r <= rungs; ++r) {
    const double dose = smallest * std::pow(largest / smallest, static_cast<double>(r) / rungs);
    const Lanes value = extreme(parameters, all_lanes(dose));
    for (std::size_t l = 0; l < lanes; ++l) {
      const double f = endpoint.distance(value.v[l]);
      if (r > 0 && f > before.v[l] + 1e-4) falls.v[l] = 0;
      before.v[l] = f;
    }
  }
  return falls;
}

}  // namespace qdose
