#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "qdose/report/glossary.hpp"
#include "qdose/report/html.hpp"
#include "qdose/report/sections.hpp"

namespace qdose {
namespace {

using html::escape, html::number;

/// R squared with two decimals, which is more than a phase-1 trial supports; never "-0.00".
std::string share(double r2) {
  if (!std::isfinite(r2)) return "–";
  return fmt::format("{:.2f}", std::abs(r2) < 0.005 ? 0.0 : r2);
}

/// "log_linear" -> "log linear".
std::string method_words(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return escape(name);
}

std::string time_words(double seconds) { return seconds < 1e-3 ? "below 1 ms" : number(seconds, 2) + " s"; }

std::string score_table(const KernelResult& kernel) {
  html::Table table;
  table.caption = fmt::format(
      "{} of every output, leaving each subject out of its own prediction; outputs without signal get their "
      "mean. {}: what "
      "the uncertainty of the estimates allows.",
      term("r2"), term("r2-ceiling", "Ceiling"));
  table.head = {"Output", "Quantum kernel", "RMSE", "Ceiling", "Signal"};
  table.text_columns = {0, 4};
  for (const auto& [name, mean] : kernel.baselines) table.head.push_back(method_words(name));
  for (const KernelOutput& output : kernel.outputs) {
    std::vector<std::string> row{escape(output.name), fmt::format("<b>{}</b>", share(output.r2)),
                                 number(output.rmse), share(output.r2_ceiling),
                                 output.has_signal ? "yes" : "no"};
    for (const auto& [name, mean] : kernel.baselines) {
      const auto method = kernel.baseline_r2.find(name);
      const bool known = method != kernel.baseline_r2.end() && method->second.contains(output.name);
      row.push_back(known ? share(method->second.at(output.name)) : "–");
    }
    table.rows.push_back(std::move(row));
  }
  std::vector<std::string> mean{"mean", fmt::format("<b>{}</b>", share(kernel.r2_mean)), "", "", ""};
  for (const auto& [name, value] : kernel.baselines) mean.push_back(share(value));
  table.rows.push_back(std::move(mean));
  return html::render(table);
}

std::string geometry(const KernelResult& kernel) {
  if (kernel.geometric_limit <= 0) return "";
  return html::paragraph(fmt::format("{}: {} of at most {} (the square root of the number of subjects). {}",
                                     term("geometric-difference", "Geometric difference"),
                                     number(kernel.geometric_difference), number(kernel.geometric_limit),
                                     kernel.geometric_difference < 0.5 * kernel.geometric_limit
                                         ? "That is small: on these covariates a classical kernel can match "
                                           "the quantum one whatever the outputs are."
                                         : "That is not small: the two kernels differ, and only the scores "
                                           "above can tell which one fits better."));
}

}  // namespace

std::string covariates_section(const RunResults& results) {
  const KernelResult& kernel = results.kernel;
  const char* title = "Stage 3: what do covariates tell?";
  if (kernel.outputs.empty())
    return html::section(
        "covariates", title,
        html::paragraph("Stage 3 was not run, so no parameters were predicted from covariates."));
  std::string content = html::paragraph(fmt::format(
      "A quantum kernel ({} <b>{}</b> on {} qubits, simulated exactly) predicts "
      "each subject's parameters from covariates alone, "
      "next to {} with the same tuning.",
      term("feature-map"), escape(kernel.feature_map), kernel.n_qubits, term("baseline", "baselines")));
  if (!kernel.verdict.empty())
    content += html::paragraph(fmt::format("<b>Verdict:</b> {}", escape(kernel.verdict)));
  content += html::plot(
      "scores", "R squared of the quantum kernel and its baselines for every output",
      "Leave-one-subject-out R² by output; the grey bar ends at the ceiling. 0 is no better than the mean.");
  content += score_table(kernel) + geometry(kernel);
  if (!kernel.curves.empty())
    content += "<h3>Predictions over a covariate</h3>\n" +
               html::plot("covariate_curves", "Predicted parameters against covariates, kernel and baseline",
                          "Points: estimates of subjects whose own data inform the parameter. Solid: quantum "
                          "kernel. Dashed: baseline.");
  content += html::paragraph(fmt::format("Time: states {}, Gram matrix {}, solution {}.",
                                         time_words(kernel.seconds_states), time_words(kernel.seconds_gram),
                                         time_words(kernel.seconds_solve)));
  return html::section("covariates", title, content);
}

}  // namespace qdose
