// The LSQI challenge trial was analysed before: "Hybrid Quantum and ML PK-PD Modeling and Prediction
// Pipeline" (Team Quantum Dose, UCLA, 2026). Its numbers, quoted here, beside those of this run.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

#include "qdose/report/answer_rows.hpp"
#include "qdose/report/glossary.hpp"
#include "qdose/report/html.hpp"
#include "qdose/report/reference_encoders.hpp"
#include "qdose/report/sections.hpp"

namespace qdose {
namespace {

using html::escape, html::number;

constexpr const char* missing = "<span class=\"small\">not in this folder</span>";

struct QuotedDose {
  const char *scenario, *regimen, *description;
  double dose_mg;
};
constexpr std::array quoted_doses{QuotedDose{"A", "daily", "standard population", 1.0},
                                  QuotedDose{"A", "weekly", "standard population", 10.0},
                                  QuotedDose{"B", "daily", "body weight 70-140 kg", 1.0},
                                  QuotedDose{"C", "daily", "no concomitant medication", 1.0},
                                  QuotedDose{"D", "daily", "75% instead of 90%", 1.0}};

std::string answer_of(const Doses& doses, const QuotedDose& quoted, const char* source) {
  for (const DoseAnswer& a : doses.answers)
    if (a.scenario == quoted.scenario && a.regimen == quoted.regimen && a.source == source)
      return dose_words(a, doses.dose_unit);
  return missing;
}

/// What this run's curve says of the dose that the report recommends.
std::string attainment_of(const Doses& doses, const QuotedDose& quoted) {
  for (const DoseAnswer& a : doses.answers) {
    if (a.scenario != quoted.scenario || a.regimen != quoted.regimen || a.source != "posterior") continue;
    for (const AttainmentPoint& point : a.curve)
      if (std::abs(point.dose_mg - quoted.dose_mg) < 1e-9)
        return fmt::format("{} ({} to {})", html::percent(point.mean), html::percent(point.q5),
                           html::percent(point.q95));
  }
  return missing;
}

std::string dose_table(const Doses& doses) {
  html::Table table;
  table.caption =
      "Its table 5: doses. Last column: the share of people whom the report's dose keeps below the threshold "
      "by this "
      "run's posterior, with its 90% band.";
  table.head = {
      "Scenario", "Regimen", "Report", "This run, posterior", "This run, kernel", "The report's dose keeps"};
  table.text_columns = {0, 1, 3, 4, 5};
  for (const QuotedDose& quoted : quoted_doses)
    table.rows.push_back({fmt::format("{}: {}", quoted.scenario, quoted.description), quoted.regimen,
                          html::plain(quoted.dose_mg) + " mg", answer_of(doses, quoted, "posterior"),
                          answer_of(doses, quoted, "kernel"), attainment_of(doses, quoted)});
  return html::render(table);
}

std::string most_frequent(const ClassPosterior& role) {
  if (role.subjects.empty()) return missing;
  std::map<std::string, int> counts;
  for (const SubjectSelection& s : role.subjects) ++counts[s.model];
  const auto best = std::max_element(counts.begin(), counts.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  return fmt::format("{} for {} of {}; selected for the trial: {}", escape(best->first), best->second,
                     role.subjects.size(), escape(role.model));
}

std::string clearance(const Fit& fit) {
  for (const ParameterSummary& p : fit.parameters)
    if (p.name == "CL") return fmt::format("{} ({})", number(p.q50), html::interval(p.q5, p.q95));
  return missing;
}

std::string two(double individual, double population) {
  if (individual == 0 && population == 0) return missing;
  return fmt::format("{} individual, {} covariates only", number(individual), number(population));
}

std::string claims_table(const RunResults& results) {
  const Fit& fit = results.fit;
  html::Table table;
  table.caption =
      "Its other results. How the report's numbers came about, and what they can mean, is in "
      "docs/reproduction.md.";
  table.head = {"What", "Report", "This run"};
  table.text_columns = {0, 1, 2};
  table.rows = {
      {"PK class of the subjects (figure 4)", "pk_2c_iv_infusion for 36 of 36",
       most_frequent(results.selection.pk)},
      {"PD class of the subjects (figure 4)", "pd_indirect_inhib_kin for 35 of 48",
       most_frequent(results.selection.pd)},
      {"Population clearance (figure 5a)", "0.12 L/h (log: -2.12)", clearance(fit)},
      {"Stage 2 sampler", "D-QHMC, step 0.001, 10 steps, 2000 iterations, one chain shown",
       fit.sampler.empty() ? missing
                           : fmt::format("{}, {} chains of {}; largest R-hat {}", escape(fit.sampler),
                                         fit.chains, fit.draws_per_chain, number(fit.r_hat_max, 4))},
      {"RMSE of concentrations (figure 6)", "1.81, covariates only",
       two(fit.pk_rmse.individual, fit.pk_rmse.population)},
      {"RMSE of the biomarker (figure 6)", "9.69, covariates only",
       two(fit.pd_rmse.individual, fit.pd_rmse.population)},
      {"R² of the quantum kernel", "-0.068 on a synthetic cohort of its own",
       results.kernel.outputs.empty()
           ? missing
           : fmt::format(
                 "{} on the trial's subjects; best baseline {}", number(results.kernel.r2_mean),
                 number(std::max_element(results.kernel.baselines.begin(), results.kernel.baselines.end(),
                                         [](const auto& a, const auto& b) { return a.second < b.second; })
                            ->second))}};
  return html::render(table);
}

}  // namespace

std::string reference_section(const RunResults& results) {
  if (!results.beside_reference) return "";
  std::string content = html::paragraph(
      "Numbers of the report that analysed the challenge's trial first (Team Quantum Dose, UCLA, 1 February "
      "2026), beside "
      "those of this run. They answer the same questions by different models.");
  content += dose_table(results.doses) + claims_table(results);
  content += reference_tests(results.encoders) + reference_sweep(results.encoders);
  if (std::ranges::any_of(results.encoders, [](const Evaluation& e) {
        return e.priors.starts_with("report") && e.training_curve.size() > 1;
      }))
    content +=
        html::plot("reference_training", "Training curves on the report's priors",
                   "Its figures 2 and 3: accuracy and squared error during training, ours on fresh samples "
                   "that are never "
                   "repeated. The report's validation samples were mostly copies of its training samples.");
  if (!results.selection.pk.subjects.empty() || !results.selection.pd.subjects.empty())
    content += html::plot("reference_classes", "Number of subjects by most probable class",
                          "Its figure 4: how many subjects point to each class on their own data.");
  if (!results.fit.traces.empty())
    content += html::plot("reference_trace", "Trace of the logarithm of the population clearance",
                          "Its figure 5a: the trace of log CL. The dashed line is the report's mean, -2.12.");
  if (!results.fit.pd_fits.empty())
    content +=
        html::plot("reference_subjects", "Biomarker of nine subjects with their fits",
                   fmt::format("Its figure 5b: nine subjects, evenly from all arms. {} with its 90% band.",
                               term("individual", "Individual prediction"))) +
        html::plot("reference_individual", "Concentration and biomarker of one subject with fits",
                   "Its figure 6: one treated subject, the one whose biomarker is fitted with the median "
                   "RMSE; dashed, "
                   "as there, from covariates alone.");
  return html::section("reference", "Beside the reference report", content);
}

}  // namespace qdose
