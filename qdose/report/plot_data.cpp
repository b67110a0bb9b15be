#include "qdose/report/plot_data.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

#include "qdose/report/answer_rows.hpp"
#include "qdose/report/compact.hpp"
#include "qdose/report/trial_medians.hpp"

namespace qdose {

using nlohmann::json;

namespace {

json optional(const std::optional<double>& value) { return value ? compact(*value) : json(nullptr); }

json curve(const std::vector<AttainmentPoint>& points) {
  std::vector<double> dose, mean, low, high;
  for (const AttainmentPoint& p : points) {
    dose.push_back(p.dose_mg);
    mean.push_back(p.mean);
    low.push_back(p.q5);
    high.push_back(p.q95);
  }
  return {{"x", compact(dose)}, {"y", compact(mean)}, {"low", compact(low)}, {"high", compact(high)}};
}

json medians(const TrialSummary& trial, Measured measured) {
  json out = json::array();
  for (const ArmMedian& arm : arm_medians(trial, measured))
    out.push_back({{"arm", compact(arm.dose_level)},
                   {"n", arm.subjects},
                   {"x", compact(arm.time, 6)},
                   {"y", compact(arm.median)}});
  return out;
}

json dose_times(const TrialSummary& trial) {
  json out = json::array();
  for (const double level : arms(trial)) {
    std::set<double> times;
    for (const TrialSubject& s : trial.subjects)
      if (s.dose_level == level) times.insert(s.dose_time.begin(), s.dose_time.end());
    out.push_back(
        {{"arm", compact(level)}, {"x", compact(std::vector<double>(times.begin(), times.end()), 6)}});
  }
  return out;
}

json role_data(const ClassPosterior& role) {
  json subjects = json::array(), ranges = json::array();
  for (const SubjectSelection& subject : role.subjects) {
    std::vector<double> p;  // in the order of the trial-level classes
    for (const auto& [id, unused] : role.probabilities) {
      const auto found = subject.probabilities.find(id);
      p.push_back(found == subject.probabilities.end() ? 0 : std::round(1000 * found->second) / 1000);
    }
    subjects.push_back({{"id", subject.id}, {"p", compact(p, 3)}});
  }
  for (const auto& [name, range] : role.parameter_ranges)
    ranges.push_back({{"name", name}, {"q", compact(std::vector<double>{range.p5, range.p50, range.p95})}});
  json classes = json::array();
  for (const auto& [id, p] : role.probabilities) classes.push_back({{"id", id}, {"p", compact(p)}});
  return {{"selected", role.model}, {"classes", classes}, {"subjects", subjects}, {"ranges", ranges}};
}

}  // namespace

json answers_data(const Doses& doses) {
  json out = json::array();
  for (const DoseAnswer& a : doses.answers) {
    if (a.source == "truth") continue;  // of a virtual trial: has a table of its own
    out.push_back(
        {{"scenario", a.scenario},
         {"description", a.description},
         {"regimen", regimen_words(a)},
         {"regimenName", a.regimen},
         {"target", compact(a.target)},
         {"source", a.source == "kernel" ? "kernel" : "posterior"},
         {"dose", optional(a.dose_mg)},
         {"attained", compact(a.attainment.mean)},
         {"crossing", {optional(a.crossing_q5), optional(a.crossing_dose_mg), optional(a.crossing_q95)}},
         {"extrapolates", a.extrapolates},
         {"curve", curve(a.curve)}});
  }
  return out;
}

std::vector<std::size_t> shown_subjects(const std::vector<double>& dose_levels) {
  std::vector<std::size_t> order(dose_levels.size()), shown;
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return dose_levels[a] < dose_levels[b]; });
  for (const std::size_t i : spread(order.size(), most_shown_subjects)) shown.push_back(order[i]);
  return shown;
}

json trial_data(const TrialSummary& trial) {
  std::vector<double> levels;
  for (const TrialSubject& s : trial.subjects) levels.push_back(s.dose_level);
  json subjects = json::array();
  for (const std::size_t i : shown_subjects(levels)) {
    const TrialSubject& s = trial.subjects[i];
    subjects.push_back({{"id", s.id},
                        {"arm", compact(s.dose_level)},
                        {"pk", {{"x", compact(s.pk_time, 6)}, {"y", compact(s.pk)}}},
                        {"pd", {{"x", compact(s.pd_time, 6)}, {"y", compact(s.pd)}}}});
  }
  return {{"arms", compact(arms(trial))},
          {"subjects", subjects},
          {"medians",
           {{"pk", medians(trial, Measured::concentration)}, {"pd", medians(trial, Measured::response)}}},
          {"doses", dose_times(trial)}};
}

json classes_data(const Selection& selection) {
  json out = json::object();
  if (!selection.pk.probabilities.empty()) out["pk"] = role_data(selection.pk);
  if (!selection.pd.probabilities.empty()) out["pd"] = role_data(selection.pd);
  return out;
}

json plot_data(const RunResults& results) {
  json out = {{"threshold", compact(results.doses.threshold)},
              {"direction", results.doses.direction},
              {"units",
               {{"dose", results.doses.dose_unit},
                {"pk", results.info.trial.concentration_unit},
                {"pd", results.info.trial.response_unit}}}};
  if (!results.doses.answers.empty()) {
    out["answers"] = answers_data(results.doses);
    out["details"] = dose_details_data(results.doses);
  }
  if (!results.subjects.empty()) out["explorer"] = json::parse(to_json(results.subjects));
  if (!results.info.trial.subjects.empty()) out["trial"] = trial_data(results.info.trial);
  if (json classes = classes_data(results.selection); !classes.empty()) out["classes"] = std::move(classes);
  if (!results.encoders.empty()) out["encoders"] = encoders_data(results.encoders);
  if (!results.fit.parameters.empty()) {
    out["fit"] = fit_data(results.fit);
    out["diagnostics"] = diagnostics_data(results.fit);
    out["draws"] = draws_data(results.fit);
  }
  if (results.calibration.refits > 0) out["calibration"] = calibration_data(results.calibration);
  if (!results.kernel.outputs.empty()) out["kernel"] = kernel_data(results.kernel, results.fit);
  return out;
}

}  // namespace qdose
