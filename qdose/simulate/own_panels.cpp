#include "qdose/simulate/own_panels.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "qdose/simulate/panels.hpp"

namespace qdose {
namespace {

/// Times on a grid of 2^-38 h (4 picoseconds), on which sums and differences are exact: panels that should be
/// equal are, to the last bit.
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
    now_ = interval > 0 ? 0.0 : bends_.empty() ? INFINITY : bends_.front().time;
  }

  /// Panels from where the last segment ended to `to`, at most `room` of them.
  const std::vector<Cut>& to(double to, std::size_t room, const Resolution& resolution) {
    cuts_.clear();
    to = on_grid(to);
    while (now_ < to) {
      while (bend_ + 1 < bends_.size() && bends_[bend_ + 1].time <= now_) ++bend_;
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

/// Looks first at what came after the panel that the one before is like, then at the last few different ones.
void note_repeats(std::vector<OwnPanel>& panels) {
  constexpr std::size_t few = 8;
  std::size_t last[few] = {}, different = 0, expected = 0;
  for (std::size_t q = 0; q < panels.size(); ++q) {
    std::size_t like = q;
    if (expected < q && alike(panels[expected], panels[q]))
      like = static_cast<std::size_t>(panels[expected].like);
    for (std::size_t k = 0; k < std::min(few, different) && like == q; ++k)
      if (alike(panels[last[k]], panels[q])) like = last[k];
    panels[q].like = static_cast<std::int32_t>(like);
    if (like == q) last[different++ % few] = q;
    expected = like + 1;
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
  thread_local LaneCutter cutter;
  const OwnPanels& own = plan.own;
  panels.resize(own.panels);
  for (std::size_t l = 0; l < lanes; ++l) {
    // A parameter that is no number makes values that are none, not an endless cut.
    const double late = lag.v[l] >= 0 && lag.v[l] < 1e300 ? lag.v[l] : 0.0;
    const double T = duration == nullptr                             ? -1.0
                     : duration->v[l] >= 0 && duration->v[l] < 1e300 ? duration->v[l]
                                                                     : 0.0;
    cutter.begin(plan, l, late, T);
    std::size_t q = 0;
    for (const OwnPanels::Segment& segment : own.segments) {
      for (const Cut& cut : cutter.to(segment.until.v[l], segment.end - q, own.resolution)) {
        const Bend& bend = cutter.bend(cut.bend);
        panels[q].since.v[l] = bend.time - bend.arrival + cut.start;
        panels[q].length.v[l] = cut.length;
        panels[q].dose[l] = bend.dose;
        ++q;
      }
      for (; q < segment.end; ++q) panels[q].since.v[l] = panels[q].length.v[l] = 0, panels[q].dose[l] = -1;
    }
  }
  note_repeats(panels);
}

}  // namespace qdose
