// Curves of eight subjects by the error-controlled solver alone: an independent judge that is fast enough for
// a hundred thousand draws.
#pragma once
#include <cmath>
#include <vector>

#include "qdose/simulate/ode_kernels.inl.hpp"
#include "qdose/simulate/plan.hpp"
#include "tests/support/reference.hpp"

namespace qdose {

/// The report's observation times (h); concentrations at all of them, responses at those of `pd_times`.
inline const std::vector<double>& accuracy_times() {
  static const std::vector<double> times{0,   1,   2,   4,   8,   12,  24,  36,  48,  72,  168,  336, 480,
                                         481, 482, 484, 488, 492, 504, 552, 600, 672, 840, 1008, 1176};
  return times;
}

/// Up to 21 daily doses of one amount, each missed with probability 0.1, values at the report's times.
inline Schedule accuracy_schedule(Stream& random) {
  Schedule s;
  const double amount = random.uniform(0.1, 10);
  for (int d = 0; d < 21; ++d)
    if (d == 0 || random.uniform() > 0.1) s.doses.push_back({24.0 * d, amount, 0.0});
  s.pk_times = s.pd_times = accuracy_times();
  return s;
}

struct LaneCurves {
  std::vector<Lanes> concentration, response;
};

/// `pk` and `pd` are [parameters], natural scale. A lag moves the doses, a modelled duration makes them
/// infusions: the solver itself sees neither.
template <class Pk, class Pd>
LaneCurves lane_reference(const std::vector<Schedule>& schedules, const std::vector<Lanes>& pk,
                          const std::vector<Lanes>& pd, double tolerance) {
  std::vector<Schedule> moved = schedules;
  for (std::size_t l = 0; l < moved.size(); ++l) {
    Parameters<Pk, double> p;
    for (std::size_t i = 0; i < p.size(); ++i) p[i] = pk[i][l];
    moved[l].doses.clear();
    for (const Arrival& a : arrivals<Pk>(schedules[l].doses, p))
      moved[l].doses.push_back({a.start, a.amount, a.duration});
    moved[l].pd_times.clear();
  }
  const BatchPlan plan = make_plan(moved, {1, 1, 24}, false);
  std::vector<Lanes> parameters = pk;
  parameters.insert(parameters.end(), pd.begin(), pd.end());
  LaneCurves curves{std::vector<Lanes>(plan.pk.points.size()), std::vector<Lanes>(plan.pk.points.size())};
  Workspace workspace;
  QDOSE_ISA::OdePair<Pk, Pd>::trajectories(plan.pk, parameters.data(), tolerance, workspace,
                                           curves.concentration.data(), curves.response.data());
  return curves;
}

}  // namespace qdose
