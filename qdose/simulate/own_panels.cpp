#include "qdose/simulate/own_panels.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "qdose/simulate/panels.hpp"

namespace qdose {
namespace {

/// Times on a grid of 2^-38 h (13 nanoseconds), on which sums and differences are exact: panels that should
/// be equal are, to the last bit.
double on_grid(double time) { return std::nearbyint(time * 0x1p38) * 0x1p-38; }

/// A time at which the concentration of a lane bends, and the last dose to have arrived by then.
struct Bend {
  double time, arrival;
  std::int32_t dose;
};

/// A panel that begins `start` h after bend `bend`.
struct Cut {
  double start, length;
  std::size_t bend;
};

/// Cuts the time axis of one lane, from segment to segment.
class LaneCutter {
 public:
  /// `duration` below 0: each dose's own.
  void begin(const PkPlan& plan, std::size_t lane, double lag, double duration) {
    bends_.clear(), ends_.clear();
    const double interval = plan.steady_interval;
    lag = on_grid(lag);
    const auto arrive = [&](std::int32_t d, double time) {
      bends_.push_back({time, time, d});
      const auto at = static_cast<std::size_t>(d);
      const double T = duration < 0
                           ? plan.durations[static_cast<std::size_t>(plan.duration_of_dose[at])].v[lane]
                           : duration;
      if (T > 0) ends_.push_back(time + on_grid(T));
    };
    if (interval > 0) {
      const double arrival = on_grid(std::fmod(lag, interval));
      arrive(0, arrival - interval);
      arrive(0, arrival);
    } else {
      for (std::size_t d = 0; d < plan.doses; ++d) {
        const bool padding = d > 0 && plan.amount[d].v[lane] == 0 &&
                             plan.dose_time[d].v[lane] == plan.dose_time[d - 1].v[lane];
        if (!padding) arrive(static_cast<std::int32_t>(d), on_grid(plan.dose_time[d].v[lane]) + lag);
      }
    }
    add_ends();
    bend_ = 0;
    before_ = {};
    now_ = interval > 0 ? 0.0 : bends_.empty() ? INFINITY : bends_.front().time;
  }

  /// Whether the segment that ends at `to` is the one before it over again, later by as much as it lasts.
  bool repeats(double to) {
    to = on_grid(to);
    find_bend();
    const double later = now_ - before_.from;
    if (bends_.empty() || to - before_.to != later) return false;
    for (std::size_t a = before_.bend, b = bend_;; ++a, ++b) {
      const Bend &then = bends_[a], &here = bends_[b];
      if (here.time - then.time != later || here.arrival - then.arrival != later) return false;
      if (here.dose - then.dose != bends_[bend_].dose - bends_[before_.bend].dose) return false;
      const bool last = a + 1 == bends_.size() || bends_[a + 1].time >= before_.to;
      const bool last_here = b + 1 == bends_.size() || bends_[b + 1].time >= to;
      if (last || last_here) return last && last_here;
    }
  }
  /// Leaves the panels of such a segment to whoever copies them; returns by how much their doses come later.
  std::int32_t repeat(double to) {
    const std::int32_t later = bends_[bend_].dose - bends_[before_.bend].dose;
    before_ = {now_, on_grid(to), bend_};
    now_ = before_.to;
    return later;
  }

  /// Panels from where the last segment ended to `to`, at most `room` of them.
  const std::vector<Cut>& to(double to, std::size_t room, const Resolution& resolution) {
    cuts_.clear();
    to = on_grid(to);
    find_bend();
    before_ = {now_, to, bend_};
    while (now_ < to) {
      find_bend();
      const double end = bend_ + 1 < bends_.size() ? std::min(to, bends_[bend_ + 1].time) : to;
      const double bend = bends_[bend_].time;
      cut_piece(now_ - bend, end - bend, 0.0, resolution, [&](double start, double length) {
        cuts_.push_back({start, length, bend_});
      });
      now_ = end;
    }
    while (cuts_.size() > room) join_two();
    return cuts_;
  }

  const Bend& bend(std::size_t b) const { return bends_[b]; }

 private:
  /// The last bend that has come.
  void find_bend() {
    while (bend_ + 1 < bends_.size() && bends_[bend_ + 1].time <= now_) ++bend_;
  }
  /// Sorts the ends of infusions in; before an arrival at the same time.
  void add_ends() {
    if (ends_.empty()) return;
    if (!std::is_sorted(ends_.begin(), ends_.end())) std::sort(ends_.begin(), ends_.end());
    arrivals_.swap(bends_);
    bends_.clear();
    std::size_t a = 0, e = 0;
    while (a < arrivals_.size() || e < ends_.size()) {
      if (a < arrivals_.size() && (e == ends_.size() || arrivals_[a].time < ends_[e]))
        bends_.push_back(arrivals_[a++]);
      else {
        const Bend last = bends_.back();  // an infusion ends after some dose has arrived
        bends_.push_back({ends_[e++], last.arrival, last.dose});
      }
    }
  }
  /// Joins the two neighbours that are shortest together; over a bend only where there are no others.
  void join_two() {
    std::size_t best = 0;
    const auto cost = [&](std::size_t i) {
      const bool bends = cuts_[i].bend != cuts_[i + 1].bend;
      return cuts_[i].length + cuts_[i + 1].length + (bends ? 1e9 : 0.0);
    };
    for (std::size_t i = 1; i + 1 < cuts_.size(); ++i)
      if (cost(i) < cost(best)) best = i;
    const Cut& next = cuts_[best + 1];
    const double later = bends_[next.bend].time - bends_[cuts_[best].bend].time;
    cuts_[best].length = later + next.start + next.length - cuts_[best].start;
    cuts_.erase(cuts_.begin() + static_cast<std::ptrdiff_t>(best) + 1);
  }

  std::vector<Bend> bends_, arrivals_;
  std::vector<double> ends_;
  std::vector<Cut> cuts_;
  std::size_t bend_ = 0;
  double now_ = 0;
  struct {
    double from = 0, to = 0;
    std::size_t bend = 0;
  } before_;  // the segment before
};

bool same_times(const PkPlan& plan, const std::vector<Lanes>& until, std::size_t a, std::size_t b) {
  const auto same = [&](const Lanes& x) { return x.v[a] == x.v[b]; };
  return std::ranges::all_of(plan.dose_time, same) && std::ranges::all_of(plan.durations, same) &&
         std::ranges::all_of(until, same);
}

bool alike(const OwnPanel& a, const OwnPanel& b) {
  return std::memcmp(&a.since, &b.since, sizeof a.since) == 0 &&
         std::memcmp(&a.length, &b.length, sizeof a.length) == 0;
}

/// Notes which panels are like earlier ones: looks first at what came after the panel that the one before is
/// like, then at the last few different ones.
class LikePanels {
 public:
  explicit LikePanels(std::vector<OwnPanel>& panels) : panels_(panels) {}
  void note(std::size_t q) {
    std::size_t like = q;
    if (expected_ < q && alike(panels_[expected_], panels_[q]))
      like = static_cast<std::size_t>(panels_[expected_].like);
    for (std::size_t k = 0; k < std::min(few, different_) && like == q; ++k)
      if (alike(panels_[last_[k]], panels_[q])) like = last_[k];
    panels_[q].like = static_cast<std::int32_t>(like);
    if (like == q) last_[different_++ % few] = q;
    expected_ = like + 1;
  }

 private:
  static constexpr std::size_t few = 8;
  std::vector<OwnPanel>& panels_;
  std::size_t last_[few] = {}, different_ = 0, expected_ = 0;
};

/// The panels of a lane in a segment, from panel q to `end`.
void place_cuts(LaneCutter& cutter, const std::vector<Cut>& cuts, std::size_t lane, std::size_t q,
                std::size_t end, std::vector<OwnPanel>& panels) {
  for (const Cut& cut : cuts) {
    const Bend& bend = cutter.bend(cut.bend);
    panels[q].since.v[lane] = bend.time - bend.arrival + cut.start;
    panels[q].length.v[lane] = cut.length;
    panels[q].dose[lane] = bend.dose;
    ++q;
  }
  for (; q < end; ++q) panels[q].since.v[lane] = panels[q].length.v[lane] = 0, panels[q].dose[lane] = -1;
}

/// The panels of [q, end) are those just before them, at later doses.
void copy_panels(std::size_t q, std::size_t end, const std::int32_t* later, std::vector<OwnPanel>& panels) {
  const std::size_t back = end - q;
  for (; q < end; ++q) {
    panels[q] = panels[q - back];
    for (std::size_t l = 0; l < lanes; ++l)
      if (panels[q].dose[l] >= 0) panels[q].dose[l] += later[l];
  }
}

/// An interval within which the pattern of bends repeats: the longest time between two doses that is no
/// washout.
double repeats_after(const PkPlan& plan, std::size_t lane, double last) {
  if (plan.steady_interval > 0) return plan.steady_interval;
  double longest = 0;
  for (std::size_t d = 1; d < plan.doses; ++d) {
    const double gap = plan.dose_time[d].v[lane] - plan.dose_time[d - 1].v[lane];
    if (gap <= last) longest = std::max(longest, gap);
  }
  return longest > 0 ? longest : last;
}

}  // namespace

OwnPanels room_for_own_panels(const PkPlan& plan, const std::vector<Lanes>& until,
                              const Resolution& resolution) {
  constexpr int shifts = 64;
  constexpr std::size_t no_limit = static_cast<std::size_t>(-1);
  std::vector<std::size_t> most(until.size(), 0);
  LaneCutter cutter;
  for (std::size_t l = 0; l < lanes; ++l) {
    bool known = false;
    for (std::size_t other = 0; other < l && !known; ++other) known = same_times(plan, until, l, other);
    if (known || until.empty()) continue;
    const double interval = repeats_after(plan, l, until.back().v[l]);
    for (int k = 0; k < 2 * shifts; ++k) {
      if (!(k % 2 ? resolution.any_duration : resolution.any_lag)) continue;
      const double part = (k / 2 + 0.5) / shifts, shift = 2 * interval * part * part;
      cutter.begin(plan, l, k % 2 ? 0.0 : shift, k % 2 ? shift : -1.0);
      for (std::size_t s = 0; s < until.size(); ++s)
        most[s] = std::max(most[s], cutter.to(until[s].v[l], no_limit, resolution).size());
    }
  }
  OwnPanels own;
  own.resolution = resolution;
  for (std::size_t s = 0; s < until.size(); ++s) {
    own.panels += most[s];
    own.segments.push_back({until[s], own.panels});
  }
  return own;
}

void cut_own_panels(const PkPlan& plan, const Lanes& lag, const Lanes* duration,
                    std::vector<OwnPanel>& panels) {
  thread_local std::array<LaneCutter, lanes> cutters;
  const OwnPanels& own = plan.own;
  panels.resize(own.panels);
  for (std::size_t l = 0; l < lanes; ++l) {
    // A parameter that is no number makes values that are none, not an endless cut.
    const double late = lag.v[l] >= 0 && lag.v[l] < 1e300 ? lag.v[l] : 0.0;
    const double T = duration == nullptr                             ? -1.0
                     : duration->v[l] >= 0 && duration->v[l] < 1e300 ? duration->v[l]
                                                                     : 0.0;
    cutters[l].begin(plan, l, late, T);
  }
  LikePanels like(panels);
  std::size_t q = 0, room_before = 0;
  for (const OwnPanels::Segment& segment : own.segments) {
    const std::size_t room = segment.end - q;
    bool again = room > 0 && room == room_before;
    for (std::size_t l = 0; l < lanes && again; ++l) again = cutters[l].repeats(segment.until.v[l]);
    if (again) {
      std::int32_t later[lanes];
      for (std::size_t l = 0; l < lanes; ++l) later[l] = cutters[l].repeat(segment.until.v[l]);
      copy_panels(q, segment.end, later, panels);
      q = segment.end;
    } else {
      for (std::size_t l = 0; l < lanes; ++l)
        place_cuts(cutters[l], cutters[l].to(segment.until.v[l], room, own.resolution), l, q, segment.end,
                   panels);
      for (; q < segment.end; ++q) like.note(q);
    }
    room_before = room;
  }
}

}  // namespace qdose
