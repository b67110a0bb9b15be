#include "qdose/data/overview.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace qdose {
namespace {

/// Grows by the values that it is given; no value leaves {0, 0}.
class SpanBuilder {
 public:
  void add(double x) {
    low_ = std::min(low_, x);
    high_ = std::max(high_, x);
  }
  bool empty() const { return low_ > high_; }
  Span span() const { return empty() ? Span{} : Span{low_, high_}; }

 private:
  double low_ = std::numeric_limits<double>::infinity(), high_ = -low_;
};

ArmOverview overview_of_arm(double dose_level, const std::vector<const Subject*>& subjects) {
  ArmOverview arm{dose_level, subjects.size(), 0, 0, {}, {}};
  SpanBuilder doses, intervals;
  for (const Subject* subject : subjects) {
    arm.concentrations += subject->concentrations.size();
    arm.responses += subject->responses.size();
    doses.add(static_cast<double>(subject->doses.size()));
    for (std::size_t i = 1; i < subject->doses.size(); ++i)
      intervals.add(subject->doses[i].time - subject->doses[i - 1].time);
  }
  arm.doses_per_subject = doses.span();
  if (!intervals.empty()) arm.interval_h = intervals.span();
  return arm;
}

CovariateOverview overview_of_covariate(const Trial& trial, std::size_t index) {
  CovariateOverview overview{trial.covariates[index], {}};
  if (overview.covariate.kind == CovariateKind::continuous) return overview;
  std::map<double, std::size_t> count;
  for (const Subject& subject : trial.subjects) ++count[subject.covariates[index]];
  overview.levels.assign(count.begin(), count.end());
  return overview;
}

std::string span_text(const Span& span) {
  return span.is_point() ? fmt::format("{:g}", span.low) : fmt::format("{:g} to {:g}", span.low, span.high);
}

std::string arm_text(const ArmOverview& arm) {
  const std::string name = arm.dose_level > 0 ? fmt::format("dose {:g}", arm.dose_level) : "placebo";
  std::string text = fmt::format("  {:<12} {:>4} subjects", name, arm.subjects);
  if (arm.dose_level > 0) text += fmt::format(", {} doses", span_text(arm.doses_per_subject));
  if (arm.interval_h) text += fmt::format(" every {} h", span_text(*arm.interval_h));
  return text + fmt::format(", {} concentrations, {} biomarker values\n", arm.concentrations, arm.responses);
}

std::string covariate_text(const CovariateOverview& overview) {
  const Covariate& c = overview.covariate;
  if (c.kind == CovariateKind::continuous)
    return fmt::format("  {:<12} {}, median {:g}\n", c.name, span_text({c.smallest, c.largest}), c.reference);
  std::string levels;
  for (const auto& [level, count] : overview.levels)
    levels += fmt::format("{}{:g} ({})", levels.empty() ? "" : ", ", level, count);
  return fmt::format("  {:<12} levels (subjects) {}; reference {:g}\n", c.name, levels, c.reference);
}

}  // namespace

std::string_view route_name(Route route) {
  switch (route) {
    case Route::bolus:
      return "bolus";
    case Route::infusion:
      return "infusion";
    case Route::extravascular:
      return "extravascular";
    case Route::unknown:
      break;
  }
  return "unknown";
}

TrialOverview overview_of(const Trial& trial) {
  TrialOverview overview;
  overview.name = trial.name;
  overview.route = trial.route;
  overview.subjects = trial.subjects.size();
  overview.notes = trial.notes;
  std::map<double, std::vector<const Subject*>> arms;
  SpanBuilder times, concentration, response;
  for (const Subject& subject : trial.subjects) {
    arms[subject.dose_level()].push_back(&subject);
    overview.doses += subject.doses.size();
    overview.concentrations += subject.concentrations.size();
    overview.responses += subject.responses.size();
    for (const Observation& o : subject.concentrations) times.add(o.time), concentration.add(o.value);
    for (const Observation& o : subject.responses) times.add(o.time), response.add(o.value);
  }
  overview.times_h = times.span();
  overview.concentration = concentration.span();
  overview.response = response.span();
  for (const auto& [dose_level, subjects] : arms)
    overview.arms.push_back(overview_of_arm(dose_level, subjects));
  for (std::size_t i = 0; i < trial.covariates.size(); ++i)
    overview.covariates.push_back(overview_of_covariate(trial, i));
  return overview;
}

std::string describe(const TrialOverview& s) {
  std::string text = fmt::format("{}: {} subjects, {} doses, {} concentrations, {} biomarker values\n",
                                 s.name, s.subjects, s.doses, s.concentrations, s.responses);
  text += fmt::format("time {} h; concentration {}, biomarker {} (the file does not tell their units)\n",
                      span_text(s.times_h), span_text(s.concentration), span_text(s.response));
  text += fmt::format("route: {}\narms\n", route_name(s.route));
  for (const ArmOverview& arm : s.arms) text += arm_text(arm);
  text += s.covariates.empty() ? "covariates: none\n" : "covariates\n";
  for (const CovariateOverview& covariate : s.covariates) text += covariate_text(covariate);
  if (!s.notes.empty()) text += "notes\n";
  for (const std::string& note : s.notes) text += fmt::format("  {}\n", note);
  return text;
}

}  // namespace qdose
