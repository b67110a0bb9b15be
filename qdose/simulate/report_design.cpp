#include "qdose/simulate/report_design.hpp"

#include <algorithm>

#include "qdose/simulate/lane_memory.hpp"
#include "qdose/simulate/plan.hpp"
#include "qdose/simulate/relaxation.hpp"

namespace qdose {
namespace {

constexpr std::array<double, 39> pk_grid{0,   1,   2,   4,   8,   12,  24,  36,  48,  72,  96,  120,  144,
                                         168, 192, 216, 240, 264, 288, 312, 336, 360, 384, 408, 432,  456,
                                         480, 481, 482, 484, 488, 492, 504, 552, 600, 672, 840, 1008, 1176};
constexpr std::array<double, 25> pd_grid{0,   1,   2,   4,   8,   12,  24,  36,  48,  72,  168,  336, 480,
                                         481, 482, 484, 488, 492, 504, 552, 600, 672, 840, 1008, 1176};
constexpr int most_doses = 25, intervals = 3;
constexpr double missed = 0.1;

/// Position of a time on the PK grid, or its size.
std::size_t pk_place(double time) {
  return static_cast<std::size_t>(std::find(pk_grid.begin(), pk_grid.end(), time) - pk_grid.begin());
}

/// Which of the places dose k of a schedule takes, -1 where its time is off the grid.
struct DosePlaces {
  std::vector<std::size_t> places;
  int of[intervals][most_doses];

  DosePlaces() {
    for (int i = 0; i < intervals; ++i)
      for (int k = 0; k < most_doses; ++k)
        if (const std::size_t place = pk_place(24.0 * (i + 1) * k); place < pk_grid.size())
          places.push_back(place);
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    for (int i = 0; i < intervals; ++i)
      for (int k = 0; k < most_doses; ++k) {
        const auto at = std::find(places.begin(), places.end(), pk_place(24.0 * (i + 1) * k));
        of[i][k] = at == places.end() ? -1 : static_cast<int>(at - places.begin());
      }
  }
};

const DosePlaces& dose_places() {
  static const DosePlaces all;
  return all;
}

}  // namespace

std::span<const double> report_times(Role role) {
  if (role == Role::pk) return pk_grid;
  return pd_grid;
}

std::span<const std::size_t> pd_places() {
  static const std::vector<std::size_t> places = [] {
    std::vector<std::size_t> found;
    for (double t : pd_grid) found.push_back(pk_place(t));
    return found;
  }();
  return places;
}

std::span<const std::size_t> ReportDoses::places() { return dose_places().places; }

ReportDoses::ReportDoses(LaneStream& stream, const Batch& amounts) : amounts_(places().size()) {
  const DosePlaces& known = dose_places();
  const Batch interval = stream.uniform(0, intervals);
  Batch of_interval[intervals];  // the amount in lanes that have this interval, else 0
  for (int i = 0; i < intervals; ++i)
    of_interval[i] =
        select(interval < Batch(i), Batch(0.0), select(interval < Batch(i + 1), amounts, Batch(0.0)));
  for (int k = 0; k < most_doses; ++k) {
    const auto is_missed = stream.uniform() < Batch(missed);
    for (int i = 0; i < intervals; ++i)
      if (const int place = known.of[i][k]; place >= 0) {
        Lanes& amount = amounts_[static_cast<std::size_t>(place)];
        (Batch::load(amount.v) + select(is_missed, Batch(0.0), of_interval[i])).store(amount.v);
      }
  }
}

ReportPkPlan::ReportPkPlan() {
  Schedule s;
  // The amounts tell the doses apart in the slots.
  for (std::size_t d = 0; d < ReportDoses::places().size(); ++d)
    s.doses.push_back({pk_grid[ReportDoses::places()[d]], static_cast<double>(d + 1), 0.0});
  s.pk_times.assign(pk_grid.begin(), pk_grid.end());
  const std::vector<Schedule> all(lanes, s);
  plan_ = make_plan(all, {1, 1, 24}, false).pk;
  for (const PkPlan::Slot& slot : plan_.slots) dose_of_slot_.push_back(static_cast<int>(slot.dose.v[0]) - 1);
}

const PkPlan& ReportPkPlan::with(const ReportDoses& doses, bool first_counts) {
  std::copy(doses.amounts().begin(), doses.amounts().end(), plan_.amount.begin());
  if (!first_counts) plan_.amount[0] = {};
  for (std::size_t s = 0; s < plan_.slots.size(); ++s)
    if (dose_of_slot_[s] >= 0) plan_.slots[s].dose = plan_.amount[static_cast<std::size_t>(dose_of_slot_[s])];
  return plan_;
}

ReportPdPlan::ReportPdPlan() {
  plan_.node0 = pd_grid.size();
  plan_.responses.push_back({-1, 0});
  for (std::size_t i = 0; i + 1 < pd_grid.size(); ++i) {
    const double length = pd_grid[i + 1] - pd_grid[i];
    const int panels = length <= 12 ? 1 : length <= 48 ? 2 : 4;
    plan_.lengths.push_back(all_lanes(length / panels));
    for (int p = 0; p < panels; ++p) {
      plan_.panels.push_back({static_cast<std::int32_t>(plan_.lengths.size() - 1)});
      for (double x : gauss_node) nodes_.push_back({i, (p + x) / panels});
    }
    plan_.responses.push_back(
        {static_cast<std::int32_t>(plan_.panels.size()) - 1, static_cast<std::int32_t>(i + 1)});
  }
}

void ReportPdPlan::interpolate(Lanes* concentration) const {
  Lanes* node = concentration + pd_grid.size();
  for (const auto& [i, share] : nodes_) {
    const Batch from = Batch::load(concentration[i].v), to = Batch::load(concentration[i + 1].v);
    (from + Batch(share) * (to - from)).store((node++)->v);
  }
}

}  // namespace qdose
