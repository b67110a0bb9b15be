// The trial that every engine simulates: 2-compartment oral PK with turnover, 21 doses, values at 64 times.
#pragma once
#include <array>
#include <cmath>
#include <functional>
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/simulate/plan.hpp"

namespace qdose::benchmarks {

inline constexpr int doses = 21, values = 64;
inline constexpr double interval = 24, last = 1176, amount = 10;  // h, h, mg
inline double value_time(int k) { return last * (k + 1) / values; }

/// CL, Vc, Vp, Q, ka; R0, kout, IC50, Imax.
using Subject = std::array<double, 9>;

/// Subject `item`: log-normal around typical values.
inline Subject draw_subject(std::uint64_t item) {
  constexpr double typical[] = {0.02, 3.5, 5.0, 0.05, 0.6, 9.0, 0.03, 1.5, 1.0};
  constexpr double spread[] = {0.3, 0.2, 0.2, 0.2, 0.3, 0.2, 0.3, 0.4, 0.0};
  Stream random(1, Purpose::population, item);
  Subject s;
  for (std::size_t i = 0; i < s.size(); ++i) s[i] = typical[i] * std::exp(spread[i] * random.normal());
  return s;
}

/// The equations as any solver takes them: gut, central, peripheral (mg), response.
inline void slope(const Subject& s, const double* y, double* dy) {
  const auto& [CL, Vc, Vp, Q, ka, R0, kout, IC50, Imax] = s;
  const double C = y[1] / Vc, exchanged = Q * (C - y[2] / Vp);
  dy[0] = -ka * y[0];
  dy[1] = ka * y[0] - CL * C - exchanged;
  dy[2] = exchanged;
  dy[3] = kout * (R0 * (1 - Imax * C / (IC50 + C)) - y[3]);
}

inline Schedule schedule() {
  Schedule s;
  for (int d = 0; d < doses; ++d) s.doses.push_back({interval * d, amount, 0.0});
  for (int k = 0; k < values; ++k) s.pk_times.push_back(value_time(k));
  s.pd_times = s.pk_times;
  return s;
}

/// What an engine makes of a subject: concentrations (mg/L) and responses at the 64 times.
struct Course {
  std::array<double, values> C, R;
};

/// Largest distance of an engine's values from the judge's over 256 subjects, in units of the noise that the
/// report puts on a value (15% + 0.02 mg/L, 10% + 0.05 ng/mL). The judge is the solver on eight lanes at a
/// tolerance of 1e-11.
double largest_error(const std::function<Course(const Subject&)>& engine);

/// Relative tolerance of all solvers, and the absolute one of a state of about 1.
inline constexpr double relative_tolerance = 1e-6, absolute_tolerance = 1e-8;

}  // namespace qdose::benchmarks
