// What stands beside the dose: exposure, other assumptions, other methods, other regimens.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "qdose/report/answer_rows.hpp"
#include "qdose/report/glossary.hpp"
#include "qdose/report/html.hpp"
#include "qdose/report/sections.hpp"

namespace qdose {
namespace {

using html::escape, html::number, html::percent, html::plain;

std::string quantiles(const Quantiles& q) {
  return fmt::format("{} <span class=\"small nowrap\">({} to {})</span>", number(q.q50), number(q.q5),
                     number(q.q95));
}

/// Words that stay in one line.
std::string unbroken(const std::string& words) {
  return fmt::format("<span class=\"nowrap\">{}</span>", words);
}

std::string dose_or_none(const std::optional<double>& dose, const std::string& unit) {
  return dose ? fmt::format("{} {}", plain(*dose), escape(unit)) : "none";
}

std::string exposure_table(const Doses& doses) {
  html::Table table;
  table.caption =
      "Exposure at the recommended doses, by the posterior: median subject and 90% of the subjects.";
  table.head = {"Scenario",
                "Regimen",
                "Dose",
                "C max",
                "C min",
                "AUC of an interval",
                "Biomarker, highest",
                "lowest",
                "C max above the trial's"};
  table.text_columns = {0, 1};
  for (const DoseAnswer& a : doses.answers) {
    if (!a.exposure || a.source != "posterior") continue;
    const Exposure& e = *a.exposure;
    table.rows.push_back({escape(a.scenario), unbroken(regimen_words(a)),
                          unbroken(fmt::format("{} {}", plain(e.dose_mg), escape(doses.dose_unit))),
                          quantiles(e.c_max), quantiles(e.c_min), quantiles(e.auc),
                          quantiles(e.biomarker_max), quantiles(e.biomarker_min),
                          e.c_max_studied > 0 ? percent(e.above_studied) : "–"});
  }
  return table.rows.empty() ? "" : html::render(table);
}

std::string point_table(const Doses& doses) {
  if (doses.point_predictions.empty()) return "";
  html::Table table;
  table.caption =
      "What a prediction without differences between people would have recommended, and which share of the "
      "people that dose keeps when they do differ (90% band).";
  table.head = {"Scenario", "Regimen", "Source", "Target", "Its dose", "Share kept"};
  table.text_columns = {0, 1, 2};
  for (const PointPrediction& p : doses.point_predictions)
    table.rows.push_back({escape(p.scenario), escape(p.regimen), escape(p.source), percent(p.target),
                          dose_or_none(p.dose_mg, doses.dose_unit),
                          p.dose_mg ? fmt::format("{} ({} to {})", percent(p.covered_mean),
                                                  percent(p.covered_q5), percent(p.covered_q95))
                                    : "–"});
  return html::render(table);
}

std::string model_table(const Doses& doses) {
  if (doses.models.size() < 2) return "";
  html::Table table;
  table.caption = "The posterior averages over these pairs of classes.";
  table.head = {"PK", "PD", "Weight"};
  table.text_columns = {0, 1};
  for (const AveragedModel& m : doses.models)
    table.rows.push_back({escape(m.pk_class), escape(m.pd_class), percent(m.weight)});
  return html::render(table);
}

std::string truth_table(const Doses& doses) {
  html::Table table;
  table.caption = "The truth of a virtual trial: its own answers beside those of the posterior.";
  table.head = {"Scenario", "Regimen",   "Target",
                "Truth",    "Posterior", "The posterior's dose keeps, in truth"};
  table.text_columns = {0, 1};
  for (const DoseAnswer& truth : doses.answers) {
    if (truth.source != "truth") continue;
    const auto own = std::ranges::find_if(doses.answers, [&](const DoseAnswer& a) {
      return a.source == "posterior" && same_question(a, truth);
    });
    const bool found = own != doses.answers.end() && own->dose_mg;
    const auto point = std::ranges::find_if(truth.curve, [&](const AttainmentPoint& p) {
      return found && std::abs(p.dose_mg - *own->dose_mg) < 1e-9;
    });
    table.rows.push_back({escape(truth.scenario), regimen_words(truth), percent(truth.target),
                          dose_or_none(truth.dose_mg, doses.dose_unit),
                          found ? dose_or_none(own->dose_mg, doses.dose_unit) : "none",
                          point != truth.curve.end() ? percent(point->mean) : "–"});
  }
  return table.rows.empty() ? "" : html::render(table);
}

std::string difference_list(const Doses& doses) {
  std::string out;
  for (const SourceDifference& d : doses.differences)
    out += fmt::format("<li>{}, {}, {}: posterior {}, kernel {}; {}</li>\n", escape(d.scenario),
                       escape(d.regimen), percent(d.target), dose_or_none(d.posterior_mg, doses.dose_unit),
                       dose_or_none(d.kernel_mg, doses.dose_unit), escape(d.reason));
  return out.empty() ? "" : "<h3>Where posterior and kernel differ</h3>\n<ul>\n" + out + "</ul>\n";
}

std::string comparison_list(const Doses& doses) {
  std::string out;
  for (const RegimenComparison& c : doses.comparisons)
    if (!c.words.empty() && c.source == "posterior")
      out += fmt::format("<li>{}, {}: {}</li>\n", escape(c.scenario), percent(c.target), escape(c.words));
  return out.empty() ? "" : "<h3>Once weekly against once daily</h3>\n<ul>\n" + out + "</ul>\n";
}

std::string safety_list(const Doses& doses) {
  std::string out;
  for (const DoseAnswer& a : doses.answers)
    if (a.safety)
      out += fmt::format(
          "<li>{}, {} ({}): {}. Largest dose that keeps to it: {}; efficacy alone asks for {}.</li>\n",
          escape(a.scenario), regimen_words(a), escape(a.source), escape(a.safety->words),
          dose_or_none(a.safety->largest_dose_mg, doses.dose_unit),
          dose_or_none(a.safety->efficacy_dose_mg, doses.dose_unit));
  return out.empty() ? "" : "<h3>Safety limits</h3>\n<ul>\n" + out + "</ul>\n";
}

}  // namespace

std::string dose_details_section(const RunResults& results) {
  const Doses& doses = results.doses;
  const bool has_exposure =
      std::ranges::any_of(doses.answers, [](const DoseAnswer& a) { return a.exposure.has_value(); });
  std::string content = exposure_table(doses);
  if (has_exposure)
    content += html::plot(
        "profiles", "Concentration and biomarker over one interval at steady state, at the recommended doses",
        fmt::format("One interval at {} at the recommended dose: median of the virtual subjects and the "
                    "range that holds 90% of them.",
                    term("steady-state")));
  content += safety_list(doses) + comparison_list(doses) + difference_list(doses) + truth_table(doses) +
             point_table(doses) + model_table(doses);
  if (!doses.sensitivity.empty())
    content +=
        "<h3>Under other assumptions</h3>\n" +
        html::plot(
            "sensitivity", "Dose under other assumptions, against the answer",
            "By how much the dose at which the mean curve crosses the target changes under assumptions that "
            "the trial cannot settle. Same random numbers throughout.");
  if (doses.surface)
    content += html::plot(
        "surface", "Share of the people kept, by a covariate and the dose",
        fmt::format(
            "Share of people with that {} who are kept, by dose: the stronger the colour, the larger. "
            "Values in brackets lie beyond the trial's.",
            escape(doses.surface->covariate)));
  return content.empty() ? "" : html::section("details", "Behind the doses", content);
}

}  // namespace qdose
