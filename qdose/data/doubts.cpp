#include "qdose/data/doubts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

namespace qdose {
namespace {

std::optional<double> median(std::vector<double> values) {
  if (values.empty()) return {};
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

/// Doses once an hour or once in two months are rarer than TIME in days or minutes.
std::optional<std::string> doubt_time_unit(const Trial& trial) {
  constexpr double short_h = 2, long_h = 1400, week_h = 168;
  std::vector<double> intervals;
  for (const Subject& subject : trial.subjects)
    for (std::size_t i = 1; i < subject.doses.size(); ++i)
      if (const double h = subject.doses[i].time - subject.doses[i - 1].time; h > 0) intervals.push_back(h);
  const auto usual = median(std::move(intervals));
  if (!usual) return {};
  const bool weeks = std::fmod(*usual, week_h) == 0 && *usual < 30 * week_h;
  if (*usual > short_h && (*usual < long_h || weeks)) return {};
  return fmt::format("doses are {:g} h apart: TIME is in hours; is it in {} here?", *usual,
                     *usual <= short_h ? "days" : "minutes");
}

std::optional<std::string> doubt_time_zero(const Trial& trial) {
  constexpr double late_h = 168;
  double first = INFINITY;
  for (const Subject& subject : trial.subjects)
    if (!subject.doses.empty()) first = std::min(first, subject.doses.front().time);
  if (first <= late_h || std::isinf(first)) return {};
  return fmt::format("the first dose is at TIME {:g}: TIME counts hours since the first dose; is it a date?",
                     first);
}

/// Concentrations of people without any dose that are no smaller than those of treated people.
std::optional<std::string> doubt_kinds(const Trial& trial) {
  std::vector<double> treated, untreated;
  for (const Subject& subject : trial.subjects)
    for (const Observation& o : subject.concentrations)
      if (!o.below_limit) (subject.doses.empty() ? untreated : treated).push_back(o.value);
  const std::size_t count = untreated.size();
  const auto with = median(std::move(treated)), without = median(std::move(untreated));
  if (!without || (with && *without < 0.5 * *with) || *without <= 0) return {};
  return fmt::format(
      "people without a dose have {} concentrations, half of them above {:g}: are concentration and "
      "biomarker "
      "exchanged (DVID, CMT), or their doses missing?",
      count, *without);
}

/// Peak concentration a unit of dose, by arm: linear or not, arms seldom lie so far apart.
std::optional<std::string> doubt_dose_unit(const Trial& trial) {
  constexpr double far_apart = 30;
  std::map<double, std::vector<double>> peaks;
  for (const Subject& subject : trial.subjects) {
    double peak = 0;
    for (const Observation& o : subject.concentrations)
      if (!o.below_limit) peak = std::max(peak, o.value);
    if (!subject.doses.empty() && peak > 0)
      peaks[subject.dose_level()].push_back(peak / subject.dose_level());
  }
  if (peaks.size() < 2) return {};
  std::vector<std::pair<double, double>> arms;  // peak a unit of dose, dose
  for (auto& [dose, values] : peaks) arms.emplace_back(*median(std::move(values)), dose);
  const auto [lowest, highest] = std::ranges::minmax(arms);
  if (highest.first < far_apart * lowest.first) return {};
  return fmt::format(
      "a unit of dose makes {:.0f} times the concentration in the arm of {:g} that it makes in the arm of "
      "{:g}: "
      "are all amounts and all concentrations in one unit?",
      highest.first / lowest.first, highest.second, lowest.second);
}

std::optional<std::string> doubt_codes(const Trial& trial) {
  constexpr std::array codes = {-9.0, -99.0, -999.0, -9999.0};
  for (const double code : codes) {
    std::ptrdiff_t count = 0;
    for (const Subject& subject : trial.subjects)
      count += std::ranges::count(subject.responses, code, &Observation::value);
    if (count > 0)
      return fmt::format("{} biomarker values are {:g}: a code for missing values? Write '.' there", count,
                         code);
  }
  return {};
}

/// From fewer, a spread between people is what was assumed before.
std::optional<std::string> doubt_people(const Trial& trial) {
  constexpr std::ptrdiff_t too_few = 3;
  const auto treated =
      std::ranges::count_if(trial.subjects, [](const Subject& s) { return !s.doses.empty(); });
  if (treated > too_few) return {};
  return fmt::format(
      "only {} people get the drug: how much people differ, and so the dose for a share of them, is more "
      "assumed "
      "than measured",
      treated);
}

}  // namespace

std::vector<std::string> doubts_about(const Trial& trial) {
  std::vector<std::string> doubts;
  for (const auto doubt :
       {doubt_time_unit, doubt_time_zero, doubt_kinds, doubt_dose_unit, doubt_codes, doubt_people})
    if (auto words = doubt(trial)) doubts.push_back(std::move(*words));
  return doubts;
}

}  // namespace qdose
