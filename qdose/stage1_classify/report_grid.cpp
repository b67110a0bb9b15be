#include "qdose/stage1_classify/report_grid.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace qdose {
namespace {

/// Linear between observations (ascending times), constant beyond them; 0 without any.
double interpolated(const std::vector<Observation>& observations, double time) {
  if (observations.empty()) return 0;
  const auto after = std::lower_bound(observations.begin(), observations.end(), time,
                                      [](const Observation& o, double t) { return o.time < t; });
  if (after == observations.begin()) return after->value;
  if (after == observations.end()) return observations.back().value;
  const Observation& before = *(after - 1);
  return before.value + (after->value - before.value) * (time - before.time) / (after->time - before.time);
}

double concentration(const Subject& subject, double time) {
  const double first =
      subject.doses.empty() ? std::numeric_limits<double>::infinity() : subject.doses.front().time;
  return time > first ? interpolated(subject.concentrations, time) : 0;
}

double given_at(const Subject& subject, double time) {
  double amount = 0;
  for (const Dose& dose : subject.doses)
    if (std::abs(dose.time - time) < 1e-6) amount += dose.amount;
  return amount;
}

}  // namespace

ReportTrajectories on_report_grid(const Trial& trial, Role role) {
  const auto times = report_times(role);
  ReportTrajectories all;
  all.times = times.size();
  for (const Subject& subject : trial.subjects) {
    const bool shown = role == Role::pk ? !subject.doses.empty() && !subject.concentrations.empty()
                                        : !subject.responses.empty();
    if (!shown) continue;
    ++all.count;
    all.label.push_back(-1);
    for (const double t : times)
      all.values.push_back(
          static_cast<float>(role == Role::pk ? given_at(subject, t) : concentration(subject, t)));
    for (const double t : times)
      all.values.push_back(static_cast<float>(role == Role::pk ? concentration(subject, t)
                                                               : interpolated(subject.responses, t)));
  }
  all.parameters.resize(all.count);
  return all;
}

}  // namespace qdose
