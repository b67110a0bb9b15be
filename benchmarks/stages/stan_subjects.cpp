#include "benchmarks/stages/stan_subjects.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "qdose/base/expects.hpp"

namespace qdose::benchmarks {
namespace {

/// Distinct numbers, by places counted from 1.
class Distinct {
 public:
  int place(double x) {
    const auto [found, is_new] = known_.try_emplace(x, static_cast<int>(values.size()) + 1);
    if (is_new) values.push_back(x);
    return found->second;
  }
  std::vector<double> values;

 private:
  std::map<double, int> known_;
};

}  // namespace

/// One lane of a batch, with a dose that it lacks left out.
struct StanSubjects::Lane {
  const ProblemBatch& batch;
  std::size_t l;
  const BatchPlan& plan() const { return batch.data.plan; }
  int doses() const {
    return static_cast<int>(std::count_if(plan().pk.amount.begin(), plan().pk.amount.end(),
                                          [&](const Lanes& x) { return x[l] > 0; }));
  }
  double amount(int d) const { return plan().pk.amount[static_cast<std::size_t>(d)][l]; }
  double gap(int d) const { return offset(plan().pk.gap_of_dose[static_cast<std::size_t>(d)]); }
  double offset(std::int32_t index) const { return plan().pk.offsets[static_cast<std::size_t>(index)][l]; }
  double length(const PdPlan::Panel& panel) const {
    return plan().pd.lengths[static_cast<std::size_t>(panel.length)][l];
  }
  const PkPoint& point(std::size_t k) const { return plan().pk.points[k]; }
  const PkPoint& response_point(std::size_t k) const {
    return point(static_cast<std::size_t>(plan().pd.responses[k].point));
  }
  std::size_t concentrations() const { return plan().pk_count[l]; }
  std::size_t responses() const { return plan().pd_count[l]; }
};

void StanSubjects::add(const ProblemBatch& batch, std::size_t lane) {
  const Lane one{batch, lane};
  add_doses(one);
  add_panels(one);
  add_stops(one);
  add_values(one);
}

void StanSubjects::add_doses(const Lane& lane) {
  Distinct offsets;
  for (int d = 0; d < lane.doses(); ++d) {
    amount_.items.push_back(lane.amount(d));
    gap_.push_back(d > 0 ? offsets.place(lane.gap(d)) : 1);
  }
  amount_.end_subject();
  const auto add_point = [&](std::size_t k) {
    const PkPoint& point = lane.point(k);
    expects(point.dose[lane.l] >= 0, "a concentration after a dose");
    dose_of_point_.items.push_back(point.dose[lane.l] + 1);
    offset_of_point_.push_back(offsets.place(lane.offset(point.offset)));
  };
  for (std::size_t k = 0; k < lane.concentrations(); ++k) add_point(k);
  const PdPlan& pd = lane.plan().pd;
  const auto nodes = static_cast<std::size_t>(pd.nodes);
  for (std::size_t q = 0; q < pd.panels.size(); ++q)
    for (std::size_t i = 0; i < nodes && lane.length(pd.panels[q]) > 0; ++i)
      add_point(pd.node0 + nodes * q + i);
  dose_of_point_.end_subject();
  offset_.items.insert(offset_.items.end(), offsets.values.begin(), offsets.values.end());
  offset_.end_subject();
}

/// Those that have a length: others pad the lane.
void StanSubjects::add_panels(const Lane& lane) {
  const PdPlan& pd = lane.plan().pd;
  Distinct lengths;
  std::vector<int> panels_until{1};
  for (const PdPlan::Panel& panel : pd.panels) {
    const bool is_there = lane.length(panel) > 0;
    if (is_there) length_of_panel_.items.push_back(lengths.place(lane.length(panel)));
    panels_until.push_back(panels_until.back() + (is_there ? 1 : 0));
  }
  length_of_panel_.end_subject();
  length_.items.insert(length_.items.end(), lengths.values.begin(), lengths.values.end());
  length_.end_subject();
  for (std::size_t k = 0; k < lane.responses(); ++k)
    after_panel_.push_back(panels_until[static_cast<std::size_t>(pd.responses[k].after_panel + 1)]);
}

/// Where a solver stops: values, and each dose but the first.
void StanSubjects::add_stops(const Lane& lane) {
  const int doses = lane.doses();
  std::vector<std::set<double>> stops(static_cast<std::size_t>(doses));
  for (int d = 1; d < doses; ++d) stops[static_cast<std::size_t>(d) - 1].insert(lane.gap(d));
  const auto dose_of = [&](const PkPoint& p) { return static_cast<std::size_t>(p.dose[lane.l]); };
  const auto each_point = [&](auto visit) {
    for (std::size_t k = 0; k < lane.concentrations(); ++k) visit(lane.point(k), pk_stop_);
    for (std::size_t k = 0; k < lane.responses(); ++k) visit(lane.response_point(k), pd_stop_);
  };
  each_point([&](const PkPoint& p, auto&) {
    if (p.dose[lane.l] >= 0) stops[dose_of(p)].insert(lane.offset(p.offset));
  });
  std::vector<int> before{0};
  for (const auto& part : stops) {
    stops_of_dose_.push_back(static_cast<int>(part.size()));
    before.push_back(before.back() + stops_of_dose_.back());
    stop_.items.insert(stop_.items.end(), part.begin(), part.end());
  }
  stop_.end_subject();
  each_point([&](const PkPoint& p, std::vector<int>& places) {
    if (p.dose[lane.l] < 0) return places.push_back(0);
    const auto& part = stops[dose_of(p)];
    const auto found = part.find(lane.offset(p.offset));
    places.push_back(before[dose_of(p)] + static_cast<int>(std::distance(part.begin(), found)) + 1);
  });
}

void StanSubjects::add_values(const Lane& lane) {
  for (std::size_t k = 0; k < lane.concentrations(); ++k)
    pk_value_.items.push_back(lane.batch.data.pk.mean[k][lane.l]);
  pk_value_.end_subject();
  const Observed& pd = lane.batch.data.pd;
  for (std::size_t k = 0; k < lane.responses(); ++k) {
    pd_count_.push_back(pd.count[k][lane.l]);
    pd_value_.items.push_back(pd.mean[k][lane.l]);
    pd_spread_.push_back(pd.spread[k][lane.l]);
    if (pd_count_.back() > 1) repeated_.push_back(static_cast<int>(pd_count_.size()));
  }
  pd_value_.end_subject();
}

void StanSubjects::write(RList& list) const {
  const auto ragged = [&](const std::string& at, const std::string& name, const auto& values) {
    list.add(at, values.at);
    list.add(name, values.items);
  };
  ragged("dose_at", "amount", amount_);
  ragged("pk_at", "pk_value", pk_value_);
  ragged("pd_at", "pd_value", pd_value_);
  ragged("offset_at", "offset_hours", offset_);
  ragged("point_at", "dose_of_point", dose_of_point_);
  ragged("length_at", "length_hours", length_);
  ragged("panel_at", "length_of_panel", length_of_panel_);
  ragged("stop_at", "stop_hours", stop_);
  list.add("pd_count", pd_count_);
  list.add("pd_spread", pd_spread_);
  list.add("repeats", static_cast<int>(repeated_.size()));
  list.add("repeated", repeated_);
  list.add("gap_of_dose", gap_);
  list.add("offset_of_point", offset_of_point_);
  list.add("after_panel", after_panel_);
  list.add("stops_of_dose", stops_of_dose_);
  list.add("pk_stop", pk_stop_);
  list.add("pd_stop", pd_stop_);
}

Schedule lane_schedule(const BatchPlan& plan, std::size_t lane) {
  Schedule schedule;
  const PkPlan& pk = plan.pk;
  for (std::size_t d = 0; d < pk.doses; ++d)
    if (pk.amount[d][lane] > 0) schedule.doses.push_back({pk.dose_time[d][lane], pk.amount[d][lane]});
  const auto time = [&](std::size_t k) {
    const PkPoint& point = pk.points[k];
    if (pk.doses == 0) return 0.0;
    if (point.dose[lane] < 0) return pk.dose_time[0][lane];
    return pk.dose_time[static_cast<std::size_t>(point.dose[lane])][lane] +
           pk.offsets[static_cast<std::size_t>(point.offset)][lane];
  };
  for (std::size_t k = 0; k < plan.pk_count[lane]; ++k) schedule.pk_times.push_back(time(k));
  for (std::size_t k = 0; k < plan.pd_count[lane]; ++k)
    schedule.pd_times.push_back(time(static_cast<std::size_t>(plan.pd.responses[k].point)));
  return schedule;
}

}  // namespace qdose::benchmarks
