// The points of a plan as the modes see them: which dose each lane looks back to and how long ago it was.
// Where a class has a lag or a duration of its own, an evaluation finds that out, and its pull-back reads it.
#pragma once
#include <array>

#include "qdose/base/expects.hpp"
#include "qdose/simulate/lane_memory.hpp"
#include "qdose/simulate/own_panels.hpp"
#include "qdose/simulate/relaxation.hpp"

namespace qdose::QDOSE_ISA {

/// Points first ... first + count - 1, which look back to the same doses: `dose` is [lanes] (-1: before any),
/// `uniform` when it is the same in all of them. Exponentials are in the plan's table at `offset`; -1: they
/// are those of the points from `like` on, perhaps their own.
struct ModalPlaces {
  const std::int32_t* dose;
  bool uniform;
  std::int32_t offset;
  std::size_t first, like;
  std::size_t count;
  std::array<Batch, 4> since;  ///< h after the dose
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

/// visit(places) for every point of the plan with a time of its own. `found`: by find_places.
template <bool found, class Visit>
[[gnu::always_inline]] inline void for_each_timed(const PkPlan& plan, const Workspace& workspace,
                                                  Visit visit) {
  ModalPlaces at;
  at.count = 1;
  for (std::size_t k = 0; k < plan.timed_points(); ++k) {
    at.first = at.like = k;
    if constexpr (found) {
      const TimedPlace& place = workspace.places[k];
      at.dose = place.dose, at.uniform = same_in_all_lanes(place.dose), at.offset = -1;
      at.since[0] = load(place.since);
    } else {
      const PkPoint& point = plan.points[k];
      at.dose = point.dose, at.uniform = point.uniform, at.offset = point.offset;
      at.since[0] = load(plan.offsets[static_cast<std::size_t>(point.offset)]);
    }
    visit(at);
  }
}

/// The same for the nodes of the panels cut in this evaluation, a panel at a time.
template <class Visit>
[[gnu::always_inline]] inline void for_each_panel(const PkPlan& plan, const Workspace& workspace,
                                                  Visit visit) {
  if (plan.own.panels == 0) return;
  ModalPlaces at;
  at.offset = -1;
  at.count = static_cast<std::size_t>(plan.own.resolution.nodes);
  at.first = plan.own.node0;
  const double* share = at.count == 3 ? gauss_nodes<3>.data() : gauss_nodes<4>.data();
  for (const OwnPanel& panel : workspace.panels) {
    at.dose = panel.dose;
    at.uniform = same_in_all_lanes(panel.dose);
    at.like = plan.own.node0 + at.count * static_cast<std::size_t>(panel.like);
    const Batch start = load(panel.since), length = load(panel.length);
    for (std::size_t i = 0; i < at.count; ++i) at.since[i] = start + Batch(share[i]) * length;
    visit(at);
    at.first += at.count;
  }
}

/// Row dose[lane] of a [doses][n] table; 0 before the first dose.
template <std::size_t n>
[[gnu::always_inline]] inline std::array<Batch, n> gather_dose(const Lanes* table, const ModalPlaces& at) {
  std::array<Batch, n> row;
  if (at.uniform) {
    if (at.dose[0] >= 0) return load_all<n>(table + static_cast<std::size_t>(at.dose[0]) * n);
    for (Batch& x : row) x = Batch(0.0);
    return row;
  }
  const LanePlaces places(at.dose, n);
  for (std::size_t j = 0; j < n; ++j) row[j] = gather(table + j, places);
  return row;
}
template <std::size_t n>
[[gnu::always_inline]] inline void scatter_dose(Lanes* table, const ModalPlaces& at,
                                                const std::array<Batch, n>& row) {
  if (at.uniform) {
    for (std::size_t j = 0; j < n && at.dose[0] >= 0; ++j)
      accumulate(table[static_cast<std::size_t>(at.dose[0]) * n + j], row[j]);
    return;
  }
  const LanePlaces places(at.dose, n);
  for (std::size_t j = 0; j < n; ++j) scatter_add(table + j, places, row[j]);
}

}  // namespace qdose::QDOSE_ISA
