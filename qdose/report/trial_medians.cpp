#include "qdose/report/trial_medians.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace qdose {
namespace {

using Values = std::vector<std::pair<double, double>>;  // (time, value), by time

ArmMedian at_shared_times(const Values& values, double dose_level, std::size_t subjects) {
  std::map<double, std::vector<double>> by_time;
  for (const auto& [time, value] : values) by_time[time].push_back(value);
  const std::size_t needed = std::max<std::size_t>((subjects + 1) / 2, std::min<std::size_t>(subjects, 2));
  ArmMedian arm{dose_level, subjects, {}, {}};
  for (const auto& [time, group] : by_time)
    if (group.size() >= needed) {
      arm.time.push_back(time);
      arm.median.push_back(median(group));
    }
  return arm;
}

ArmMedian in_groups(const Values& values, double dose_level, std::size_t group_size) {
  ArmMedian arm{dose_level, group_size, {}, {}};
  for (std::size_t start = 0; start < values.size(); start += group_size) {
    std::vector<double> times, group;
    for (std::size_t i = start; i < std::min(values.size(), start + group_size); ++i) {
      times.push_back(values[i].first);
      group.push_back(values[i].second);
    }
    arm.time.push_back(median(times));
    arm.median.push_back(median(group));
  }
  return arm;
}

}  // namespace

double median(std::vector<double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return 0.5 * (*middle + *std::max_element(values.begin(), middle));
}

std::vector<ArmMedian> arm_medians(const TrialSummary& trial, Measured measured) {
  std::vector<ArmMedian> result;
  for (const double level : arms(trial)) {
    Values values;
    std::size_t subjects = 0;
    for (const TrialSubject& s : trial.subjects) {
      if (s.dose_level != level) continue;
      const auto& time = measured == Measured::concentration ? s.pk_time : s.pd_time;
      const auto& value = measured == Measured::concentration ? s.pk : s.pd;
      subjects += !time.empty();
      for (std::size_t i = 0; i < time.size(); ++i) values.emplace_back(time[i], value[i]);
    }
    if (values.empty()) continue;
    std::sort(values.begin(), values.end());
    ArmMedian shared = at_shared_times(values, level, subjects);
    const bool enough = 2 * shared.time.size() * subjects >= values.size();
    result.push_back(enough ? std::move(shared) : in_groups(values, level, subjects));
  }
  return result;
}

}  // namespace qdose
