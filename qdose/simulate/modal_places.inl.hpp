// The points of a plan as the modes see them: which dose each lane looks back to and how long ago it was.
// Where a class has a lag or a duration of its own, an evaluation finds that out, and its pull-back reads it.
#pragma once
#include "qdose/base/expects.hpp"
#include "qdose/simulate/lane_memory.hpp"
#include "qdose/simulate/own_panels.hpp"
#include "qdose/simulate/relaxation.hpp"

namespace qdose::QDOSE_ISA {

/// One point: `dose` is [lanes] (-1: before any), `uniform` when it is the same in all of them. Its
/// exponentials are in the plan's table at `offset`; -1: they are those of point `like`, perhaps its own.
struct ModalPlace {
  const std::int32_t* dose;
  Batch since;
  std::int32_t offset;
  bool uniform;
  std::size_t like;
};

[[gnu::always_inline]] inline bool same_in_all_lanes(const std::int32_t* dose) {
  const __m256i all = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(dose));
  return _mm256_movemask_epi8(_mm256_cmpeq_epi32(all, _mm256_set1_epi32(dose[0]))) == -1;
}

/// Under a lag: the dose that has arrived last at a point with a time of its own, and when.
inline TimedPlace lagged_place(const PkPlan& plan, const PkPoint& point, const Batch& lag) {
  TimedPlace at;
  for (std::size_t l = 0; l < lanes; ++l) {
    std::int32_t d = point.dose[l];
    double time = 0;
    if (d >= 0) {
      time = plan.dose_time[static_cast<std::size_t>(d)].v[l] +
             plan.offsets[static_cast<std::size_t>(point.offset)].v[l] - lag.lane(l);
      if (plan.steady_interval > 0)
        while (time <= 0) time += plan.steady_interval;
      while (d >= 0 && plan.dose_time[static_cast<std::size_t>(d)].v[l] >= time) --d;
    }
    at.dose[l] = d;
    at.since.v[l] = d < 0 ? 0.0 : time - plan.dose_time[static_cast<std::size_t>(d)].v[l];
  }
  return at;
}

/// Finds the places of all points that have times of their own, for a class with a lag.
inline void find_places(const PkPlan& plan, const Batch& lag, Workspace& workspace) {
  workspace.places.resize(plan.timed_points());
  for (std::size_t k = 0; k < plan.timed_points(); ++k)
    workspace.places[k] = lagged_place(plan, plan.points[k], lag);
}

/// Cuts the panels of this evaluation and notes their lengths behind their nodes; `duration`: null where
/// each dose has its own.
inline void cut_panels(const PkPlan& plan, const Batch& lag, const Batch* duration, Workspace& workspace,
                       Lanes* C) {
  if (plan.own.panels == 0) return;
  Lanes late, length;
  store(late, lag);
  if (duration != nullptr) store(length, *duration);
  cut_own_panels(plan, late, duration != nullptr ? &length : nullptr, workspace.panels);
  C[plan.own.lag()] = {};
  C += plan.own.length0();
  for (const OwnPanel& panel : workspace.panels) *C++ = panel.length;
}

/// visit(k, place) for every point of the plan with a time of its own. `found`: by find_places.
template <bool found, class Visit>
[[gnu::always_inline]] inline void for_each_timed(const PkPlan& plan, const Workspace& workspace,
                                                  Visit visit) {
  for (std::size_t k = 0; k < plan.timed_points(); ++k)
    if constexpr (found) {
      const TimedPlace& at = workspace.places[k];
      visit(k, ModalPlace{at.dose, load(at.since), -1, same_in_all_lanes(at.dose), k});
    } else {
      const PkPoint& point = plan.points[k];
      const Batch since = load(plan.offsets[static_cast<std::size_t>(point.offset)]);
      visit(k, ModalPlace{point.dose, since, point.offset, point.uniform, k});
    }
}

/// The same for the nodes of the panels cut in this evaluation.
template <class Visit>
[[gnu::always_inline]] inline void for_each_node(const PkPlan& plan, const Workspace& workspace,
                                                 Visit visit) {
  if (plan.own.panels == 0) return;
  std::size_t k = plan.own.node0;
  const int n = plan.own.resolution.nodes;
  const double* share = n == 3 ? gauss_nodes<3>.data() : gauss_nodes<4>.data();
  for (const OwnPanel& panel : workspace.panels) {
    const bool uniform = same_in_all_lanes(panel.dose);
    const Batch start = load(panel.since), length = load(panel.length);
    std::size_t like = plan.own.node0 + static_cast<std::size_t>(n * panel.like);
    for (int i = 0; i < n; ++i)
      visit(k++, ModalPlace{panel.dose, start + Batch(share[i]) * length, -1, uniform, like++});
  }
}

/// Row dose[lane] of a [doses][stride] table, at its j-th number; 0 before the first dose.
[[gnu::always_inline]] inline Batch gather_dose(const Lanes* table, std::size_t stride, std::size_t j,
                                                const ModalPlace& at) {
  if (!at.uniform) return gather(table + j, LanePlaces(at.dose, stride));
  return at.dose[0] < 0 ? Batch(0.0) : load(table[static_cast<std::size_t>(at.dose[0]) * stride + j]);
}
[[gnu::always_inline]] inline void scatter_dose(Lanes* table, std::size_t stride, std::size_t j,
                                                const ModalPlace& at, const Batch& x) {
  if (!at.uniform)
    scatter_add(table + j, LanePlaces(at.dose, stride), x);
  else if (at.dose[0] >= 0)
    accumulate(table[static_cast<std::size_t>(at.dose[0]) * stride + j], x);
}

}  // namespace qdose::QDOSE_ISA
