#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "qdose/report/html.hpp"
#include "qdose/report/plot_data.hpp"
#include "qdose/report/sections.hpp"
#include "qdose/report/trial_medians.hpp"

namespace qdose {
namespace {

using html::escape, html::plain;

std::string arm_name(double level, const std::string& unit) {
  return level == 0 ? "placebo" : fmt::format("{} {}", plain(level), escape(unit));
}

std::string covariate_words(const TrialCovariate& covariate, std::vector<double> values) {
  if (values.empty()) return "–";
  if (!covariate.categorical)
    return fmt::format("{} ({} to {})", plain(median(values)),
                       plain(*std::min_element(values.begin(), values.end())),
                       plain(*std::max_element(values.begin(), values.end())));
  std::map<double, int> counts;
  for (const double value : values) ++counts[value];
  std::string out;
  for (const auto& [level, count] : counts)
    out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", plain(level), count);
  return out;
}

std::string dosing_words(const TrialSubject& subject) {
  if (subject.dose_time.empty()) return "none";
  if (subject.dose_time.size() == 1) return "once";
  std::vector<double> gaps;
  for (std::size_t i = 1; i < subject.dose_time.size(); ++i)
    gaps.push_back(subject.dose_time[i] - subject.dose_time[i - 1]);
  return fmt::format("{} doses, every {} h", subject.dose_time.size(), plain(median(gaps)));
}

std::vector<std::string> arm_row(const TrialSummary& trial, double level, const std::string& unit) {
  std::size_t subjects = 0, concentrations = 0, responses = 0;
  const TrialSubject* first = nullptr;
  std::vector<std::vector<double>> covariates(trial.covariates.size());
  for (const TrialSubject& s : trial.subjects) {
    if (s.dose_level != level) continue;
    if (!first) first = &s;
    ++subjects;
    concentrations += s.pk.size();
    responses += s.pd.size();
    for (std::size_t c = 0; c < covariates.size() && c < s.covariates.size(); ++c)
      covariates[c].push_back(s.covariates[c]);
  }
  std::vector<std::string> row{arm_name(level, unit), std::to_string(subjects), dosing_words(*first),
                               std::to_string(concentrations), std::to_string(responses)};
  for (std::size_t c = 0; c < covariates.size(); ++c)
    row.push_back(covariate_words(trial.covariates[c], covariates[c]));
  return row;
}

std::string arm_table(const TrialSummary& trial, const std::string& unit) {
  html::Table table;
  table.caption = "Arms. Continuous covariates: median (range); categorical ones: subjects per level.";
  table.head = {"Arm", "Subjects", "Dosing (first subject)", "Concentrations", "Biomarker values"};
  table.text_columns = {0, 2};
  for (std::size_t c = 0; c < trial.covariates.size(); ++c) {
    table.head.push_back(escape(trial.covariates[c].name));
    table.text_columns.push_back(5 + c);
  }
  for (const double level : arms(trial)) table.rows.push_back(arm_row(trial, level, unit));
  return html::render(table);
}

}  // namespace

std::string trial_section(const RunResults& results) {
  const TrialSummary& trial = results.info.trial;
  const char* title = "The trial";
  if (trial.subjects.empty())
    return html::section("trial", title, html::paragraph("The trial's data were not kept with this run."));
  std::size_t concentrations = 0, responses = 0;
  for (const TrialSubject& s : trial.subjects) {
    concentrations += s.pk.size();
    responses += s.pd.size();
  }
  std::string content = html::paragraph(fmt::format(
      "<b>{}</b>: {} subjects in {} arms, {} concentrations, {} biomarker values{}.", escape(trial.file),
      trial.subjects.size(), arms(trial).size(), concentrations, responses,
      trial.route.empty() || trial.route == "unknown" ? ""
                                                      : fmt::format("; route: {}", escape(trial.route))));
  if (trial.subjects.size() > most_shown_subjects)
    content +=
        html::paragraph(fmt::format("Plots show {} of {} subjects, evenly from all arms; medians are of all.",
                                    most_shown_subjects, trial.subjects.size()));
  content += arm_table(trial, results.doses.dose_unit);
  content += "<h3>Concentration (PK)</h3>\n";
  content += concentrations == 0
                 ? html::paragraph("The trial has no concentrations.")
                 : html::plot("trial_pk", "Concentration over time, every subject and the median, by arm",
                              "Thin: one subject each. Thick: median of the arm. Ticks below: doses.");
  content += "<h3>Biomarker (PD)</h3>\n";
  content +=
      responses == 0
          ? html::paragraph("The trial has no biomarker values.")
          : html::plot("trial_pd", "Biomarker over time, every subject and the median, by arm",
                       "Thin: one subject each. Thick: median of the arm. Dashed: threshold of the dose "
                       "search. Ticks below: doses.");
  return html::section("trial", title, content);
}

}  // namespace qdose
