#include "qdose/simulate/plan.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "qdose/base/expects.hpp"
#include "qdose/simulate/interval_slots.hpp"
#include "qdose/simulate/occasions.hpp"
#include "qdose/simulate/offset_table.hpp"
#include "qdose/simulate/own_panels.hpp"
#include "qdose/simulate/panels.hpp"
#include "qdose/simulate/relaxation.hpp"

namespace qdose {

namespace {

using LaneTimes = Lanes;

/// Builds a PkPlan dose by dose and point by point; remembers every point's times for the slots.
class PkBuilder {
 public:
  PkBuilder(std::span<const Schedule> schedules, PkPlan& plan)
      : schedules_(schedules), plan_(plan), offsets_(plan.offsets) {
    add_doses();
  }

  const Schedule& schedule(std::size_t lane) const { return schedules_[lane < schedules_.size() ? lane : 0]; }

  /// A point at the same times that is there already, else a new one.
  std::size_t point_at(const LaneTimes& time) {
    for (std::size_t k = 0; k < times_.size(); ++k)
      if (std::equal(time.v, time.v + lanes, times_[k].v)) return k;
    return add_point(time);
  }

  std::size_t add_point(const LaneTimes& time) {
    PkPoint point;
    Lanes offset;
    for (std::size_t l = 0; l < lanes; ++l) {
      const auto& doses = schedule(l).doses;
      std::int32_t d = -1;
      while (d + 1 < static_cast<std::int32_t>(doses.size()) && doses[d + 1].time < time.v[l]) ++d;
      point.dose[l] = d;
      offset.v[l] = d < 0 ? 0.0 : time.v[l] - doses[d].time;
    }
    point.uniform =
        std::all_of(point.dose, point.dose + lanes, [&](std::int32_t d) { return d == point.dose[0]; });
    point.offset = offsets_.index(offset);
    plan_.points.push_back(point);
    times_.push_back(time);
    return plan_.points.size() - 1;
  }

  /// Places for what an evaluation finds out: nodes and lengths of its own panels.
  void add_places(std::size_t count) {
    PkPoint none{};
    std::fill_n(none.dose, lanes, -1);
    plan_.points.resize(plan_.points.size() + count, none);
  }

  /// Decays, and each lane's own order of events; `end` > 0 closes an interval at that time.
  void finish(double end) {
    constexpr int depth = 6;
    plan_.decays = plan_decays(plan_.offsets, depth);
    group_points();
    std::vector<std::vector<PkPlan::Slot>> by_lane(lanes);
    plan_.slot_of_point.assign(plan_.points.size(), {});
    for (std::size_t l = 0; l < lanes; ++l) add_lane_slots(l, end, by_lane[l]);
    std::size_t most = 0;
    for (const auto& slots : by_lane) most = std::max(most, slots.size());
    plan_.slots.assign(most, {});
    for (std::size_t l = 0; l < lanes; ++l)
      for (std::size_t s = 0; s < by_lane[l].size(); ++s) {
        plan_.slots[s].step.v[l] = by_lane[l][s].step.v[l];
        plan_.slots[s].dose.v[l] = by_lane[l][s].dose.v[l];
        plan_.slots[s].rate.v[l] = by_lane[l][s].rate.v[l];
      }
    if (end > 0) plan_.interval = interval_slots(plan_.slots);
  }

 private:
  void add_doses() {
    for (std::size_t l = 0; l < lanes; ++l) plan_.doses = std::max(plan_.doses, schedule(l).doses.size());
    std::map<std::vector<double>, std::int32_t> known;
    const auto duration_index = [&](const Lanes& T) {
      const std::vector<double> key(T.v, T.v + lanes);
      const auto [place, is_new] = known.try_emplace(key, static_cast<std::int32_t>(plan_.durations.size()));
      if (is_new) plan_.durations.push_back(T);
      return place->second;
    };
    duration_index(Lanes{});
    for (std::size_t d = 0; d < plan_.doses; ++d) {
      Lanes time, amount, duration, gap;
      for (std::size_t l = 0; l < lanes; ++l) {
        const auto& doses = schedule(l).doses;
        if (doses.empty()) continue;
        const Dose& dose = doses[std::min(d, doses.size() - 1)];
        time.v[l] = dose.time;
        if (d < doses.size()) {
          amount.v[l] = dose.amount;
          duration.v[l] = dose.duration;
          if (d > 0) {
            gap.v[l] = dose.time - doses[d - 1].time;
            plan_.shortest_gap = std::min(plan_.shortest_gap, gap.v[l]);
          }
        }
        plan_.has_infusions = plan_.has_infusions || duration.v[l] > 0;
      }
      plan_.dose_time.push_back(time);
      plan_.amount.push_back(amount);
      plan_.duration_of_dose.push_back(duration_index(duration));
      plan_.gap_of_dose.push_back(offsets_.index(gap));
    }
    add_remnants();
  }

  /// An infusion of `amount` over T that has run for a gap is, from then on, one of the share 1 - gap/T over
  /// T
  /// - gap.
  void add_remnants() {
    struct Running {
      double amount, left;
    };
    std::vector<std::vector<std::vector<Running>>> at(plan_.doses, std::vector<std::vector<Running>>(lanes));
    for (std::size_t l = 0; l < lanes; ++l) {
      const auto& doses = schedule(l).doses;
      for (std::size_t d = 1; d < doses.size(); ++d) {
        std::vector<Running> before = at[d - 1][l];
        before.push_back({doses[d - 1].amount, doses[d - 1].duration});
        for (const Running& r : before)
          if (const double left = r.left - (doses[d].time - doses[d - 1].time); left > 0)
            at[d][l].push_back({r.amount * left / r.left, left});
        plan_.remnants = std::max(plan_.remnants, at[d][l].size());
      }
    }
    plan_.remnant_amount.assign(plan_.doses * plan_.remnants, {});
    plan_.remnant_duration = plan_.remnant_amount;
    for (std::size_t d = 0; d < plan_.doses; ++d)
      for (std::size_t l = 0; l < lanes; ++l)
        for (std::size_t m = 0; m < at[d][l].size(); ++m) {
          plan_.remnant_amount[d * plan_.remnants + m].v[l] = at[d][l][m].amount;
          plan_.remnant_duration[d * plan_.remnants + m].v[l] = at[d][l][m].left;
        }
  }

  void group_points() {
    const auto uniform = [](const PkPoint& p) { return p.uniform; };
    plan_.grouped = plan_.own.panels == 0 && std::all_of(plan_.points.begin(), plan_.points.end(), uniform);
    if (!plan_.grouped) return;
    for (std::int32_t d = -1; d < static_cast<std::int32_t>(plan_.doses); ++d) {
      plan_.groups.push_back(static_cast<std::int32_t>(plan_.runs.size()));
      bool following = false;  // the point before is of this group too
      for (std::size_t k = 0; k < plan_.points.size(); ++k) {
        const PkPoint& point = plan_.points[k];
        if (point.dose[0] == d) {
          if (following && point.offset == plan_.runs.back().offset + plan_.runs.back().count)
            ++plan_.runs.back().count;
          else
            plan_.runs.push_back({static_cast<std::int32_t>(k), point.offset, 1});
        }
        following = point.dose[0] == d;
      }
    }
    plan_.groups.push_back(static_cast<std::int32_t>(plan_.runs.size()));
  }

  void add_lane_slots(std::size_t lane, double end, std::vector<PkPlan::Slot>& slots) {
    const auto& doses = schedule(lane).doses;
    struct Event {
      double time;
      int order;  // points are noted before a dose at the same time
      std::size_t index;
    };
    std::vector<Event> events;
    for (std::size_t d = 0; d < doses.size(); ++d) {
      events.push_back({doses[d].time, 1, d});
      if (doses[d].duration > 0) events.push_back({doses[d].time + doses[d].duration, 2, d});
    }
    for (std::size_t k = 0; k < times_.size(); ++k) events.push_back({times_[k].v[lane], 0, k});
    if (end > 0) events.push_back({end, 2, 0});
    std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
      return a.time != b.time ? a.time < b.time : a.order < b.order;
    });
    double now = doses.empty() ? INFINITY : doses.front().time;
    for (const Event& e : events) {
      if (e.order == 0 && e.time <= now && slots.empty()) {
        plan_.slot_of_point[e.index].v[lane] = -1;
        continue;
      }
      if (e.time < now) continue;
      // A slot notes the concentration and then adds its dose: what happens at one time shares it.
      const bool again = !slots.empty() && e.time == now && e.order != 2 && slots.back().dose.v[lane] == 0;
      if (!again) {
        PkPlan::Slot slot;
        slot.step.v[lane] = e.time - now;
        slot.rate.v[lane] = rate_during(doses, now, e.time);
        slots.push_back(slot);
      }
      if (e.order == 0) plan_.slot_of_point[e.index].v[lane] = static_cast<std::int32_t>(slots.size() - 1);
      if (e.order == 1 && !(doses[e.index].duration > 0)) slots.back().dose.v[lane] = doses[e.index].amount;
      now = e.time;
    }
  }

  static double rate_during(const std::vector<Dose>& doses, double from, double to) {
    double rate = 0;
    for (const Dose& d : doses)
      if (d.duration > 0 && d.time <= from + 1e-12 && d.time + d.duration >= to - 1e-12 && to > from)
        rate += d.amount / d.duration;
    return rate;
  }

  std::span<const Schedule> schedules_;
  PkPlan& plan_;
  OffsetTable offsets_;
  std::vector<LaneTimes> times_;
};

/// The j-th time of each lane; lanes that have none repeat their last (the value is not used).
LaneTimes times_at(std::span<const Schedule> schedules, std::size_t j, std::vector<double> Schedule::*times) {
  LaneTimes t;
  for (std::size_t l = 0; l < lanes; ++l) {
    const auto& list = schedules[l < schedules.size() ? l : 0].*times;
    t.v[l] = list.empty() ? 0.0 : list[std::min(j, list.size() - 1)];
  }
  return t;
}

std::size_t most(std::span<const Schedule> schedules, std::vector<double> Schedule::*times) {
  std::size_t n = 0;
  for (const Schedule& s : schedules) n = std::max(n, (s.*times).size());
  return n;
}

/// Panels of all lanes up to each response; shorter lanes are padded with panels of length 0.
struct PanelGrid {
  std::vector<Lanes> start, length;  ///< [panels]
  std::vector<std::int32_t> after;   ///< [responses] index of the last panel before it
};

PanelGrid grid_of(std::span<const Schedule> schedules, const std::vector<LaneTimes>& responses,
                  const Resolution& resolution) {
  PanelGrid grid;
  std::vector<double> now(lanes, -INFINITY);
  std::vector<std::vector<double>> breaks;
  for (std::size_t l = 0; l < lanes; ++l)
    breaks.push_back(breaks_of(schedules[l < schedules.size() ? l : 0]));
  for (const LaneTimes& t : responses) {
    std::vector<std::vector<PanelSpan>> lane_panels(lanes);
    std::size_t count = 0;
    for (std::size_t l = 0; l < lanes; ++l) {
      lane_panels[l] = cut_panels(now[l], t.v[l], breaks[l], resolution);
      count = std::max(count, lane_panels[l].size());
      now[l] = std::max(now[l], t.v[l]);
    }
    for (std::size_t q = 0; q < count; ++q) {
      Lanes start = t, length;
      for (std::size_t l = 0; l < lanes; ++l)
        if (q < lane_panels[l].size()) {
          start.v[l] = lane_panels[l][q].start;
          length.v[l] = lane_panels[l][q].length;
        }
      grid.start.push_back(start);
      grid.length.push_back(length);
    }
    grid.after.push_back(static_cast<std::int32_t>(grid.length.size()) - 1);
  }
  return grid;
}

std::span<const double> nodes_of(int count) {
  if (count == 3) return gauss_nodes<3>;
  return gauss_nodes<4>;
}

/// Responses at the first `times.size()` of the times `until`, and the panels up to all of these.
class PdBuilder {
 public:
  PdBuilder(PkBuilder& pk, const Resolution& resolution, BatchPlan& plan)
      : pk_(pk), resolution_(resolution), plan_(plan) {
    expects(resolution.nodes == 3 || resolution.nodes == 4, "3 or 4 nodes a panel");
    plan.pd.nodes = resolution.nodes;
  }

  void add(std::span<const Schedule> schedules, const std::vector<LaneTimes>& times,
           const std::vector<LaneTimes>& until) {
    if (!resolution_.panels)
      add_responses(times, std::vector<std::int32_t>(times.size(), -1));
    else if (resolution_.own_cuts)
      add_own(times, until);
    else
      add_fixed(times, grid_of(schedules, until, resolution_));
  }

 private:
  void add_responses(const std::vector<LaneTimes>& times, const std::vector<std::int32_t>& after) {
    for (std::size_t j = 0; j < times.size(); ++j)
      plan_.pd.responses.push_back({after[j], static_cast<std::int32_t>(pk_.point_at(times[j]))});
    plan_.pd.node0 = plan_.pk.points.size();
  }
  void add_fixed(const std::vector<LaneTimes>& times, const PanelGrid& grid) {
    add_responses(times, grid.after);
    OffsetTable lengths(plan_.pd.lengths);
    for (std::size_t q = 0; q < grid.length.size(); ++q) {
      plan_.pd.panels.push_back({lengths.index(grid.length[q])});
      for (double node : nodes_of(resolution_.nodes)) {
        LaneTimes t;
        for (std::size_t l = 0; l < lanes; ++l) t.v[l] = grid.start[q].v[l] + node * grid.length[q].v[l];
        pk_.add_point(t);
      }
    }
  }
  void add_own(const std::vector<LaneTimes>& times, const std::vector<LaneTimes>& until) {
    OwnPanels own = room_for_own_panels(plan_.pk, until, resolution_);
    std::vector<std::int32_t> after;
    for (const OwnPanels::Segment& s : own.segments) after.push_back(static_cast<std::int32_t>(s.end) - 1);
    add_responses(times, after);
    own.node0 = plan_.pd.node0;
    for (std::size_t q = 0; q < own.panels; ++q) plan_.pd.panels.push_back({static_cast<std::int32_t>(q)});
    pk_.add_places(own.places());
    plan_.pk.own = std::move(own);
    plan_.pd.own_cuts = true;
  }

  PkBuilder& pk_;
  const Resolution& resolution_;
  BatchPlan& plan_;
};

}  // namespace

BatchPlan make_plan(std::span<const Schedule> given, const Resolution& resolution, bool with_pd) {
  expects(!given.empty() && given.size() <= lanes, "one to eight subjects a batch");
  std::vector<Schedule> written_out;
  if (!std::all_of(given.begin(), given.end(), is_plain))
    for (const Schedule& s : given) written_out.push_back(plain_schedule(s));
  const std::span<const Schedule> schedules =
      written_out.empty() ? given : std::span<const Schedule>(written_out);
  BatchPlan plan;
  plan.subjects = schedules.size();
  for (const Schedule& s : schedules) {
    plan.pk_count.push_back(s.pk_times.size());
    plan.pd_count.push_back(s.pd_times.size());
  }
  PkBuilder pk(schedules, plan.pk);
  plan.pk_observations = most(schedules, &Schedule::pk_times);
  for (std::size_t j = 0; j < plan.pk_observations; ++j)
    pk.add_point(times_at(schedules, j, &Schedule::pk_times));
  if (with_pd) {
    std::vector<LaneTimes> times;
    for (std::size_t j = 0; j < most(schedules, &Schedule::pd_times); ++j)
      times.push_back(times_at(schedules, j, &Schedule::pd_times));
    PdBuilder(pk, resolution, plan).add(schedules, times, times);
  }
  pk.finish(0);
  return plan;
}

BatchPlan make_steady_plan(const Lanes& amount, double duration, double interval,
                           std::span<const double> times, const Resolution& resolution) {
  expects(interval > 0 && duration <= interval, "an infusion ends within its interval");
  std::vector<Schedule> schedules(lanes);
  for (std::size_t l = 0; l < lanes; ++l) {
    schedules[l].doses = {{0.0, amount.v[l], duration}};
    schedules[l].pk_times.assign(times.begin(), times.end());
    schedules[l].pd_times.assign(times.begin(), times.end());
  }
  BatchPlan plan;
  plan.subjects = lanes;
  plan.pk_count.assign(lanes, times.size());
  plan.pd_count.assign(lanes, times.size());
  plan.pk_observations = times.size();
  plan.pk.steady_interval = interval;
  PkBuilder pk(schedules, plan.pk);
  std::vector<LaneTimes> lane_times;
  for (double t : times) {
    expects(t > 0 && t <= interval * (1 + 1e-12), "times within the interval");
    lane_times.push_back(all_lanes(t));
    pk.add_point(lane_times.back());
  }
  std::vector<LaneTimes> with_end = lane_times;
  with_end.push_back(all_lanes(interval));
  PdBuilder(pk, resolution, plan).add(schedules, lane_times, with_end);
  plan.pd.steady = true;
  pk.finish(interval);
  return plan;
}

Schedule schedule_of(const Subject& subject) {
  Schedule s;
  s.doses = subject.doses;
  for (const Observation& o : subject.concentrations) s.pk_times.push_back(o.time);
  for (const Observation& o : subject.responses) s.pd_times.push_back(o.time);
  return s;
}

}  // namespace qdose
