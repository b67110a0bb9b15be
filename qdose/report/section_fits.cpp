#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "qdose/report/glossary.hpp"
#include "qdose/report/html.hpp"
#include "qdose/report/plot_data.hpp"
#include "qdose/report/sections.hpp"

namespace qdose {
namespace {

using html::escape, html::number;

std::string error_table(const Fit& fit) {
  html::Table table;
  table.caption =
      fmt::format("{} in the units of the file: mean over subjects of each subject's.", term("rmse"));
  table.head = {"", term("individual", "Individual predictions"), term("covariates-only", "Covariates only")};
  table.rows = {{"Concentration (PK)", number(fit.pk_rmse.individual), number(fit.pk_rmse.population)},
                {"Biomarker (PD)", number(fit.pd_rmse.individual), number(fit.pd_rmse.population)}};
  return html::render(table);
}

std::string loo_sentence(const LooSummary& loo) {
  if (!std::isfinite(loo.elpd) || loo.se <= 0) return "";
  return html::paragraph(
      fmt::format("{}: {} (standard error {}), {} effective parameters; largest Pareto k {}.", term("loo"),
                  number(loo.elpd, 4), number(loo.se), number(loo.p_loo), number(loo.worst_k, 2)));
}

std::string comparison_row(const Fit& fit) { return escape(fit.pk_class) + " + " + escape(fit.pd_class); }

/// Pairs of classes that were fitted, the best first; empty when there is only one.
std::string comparison_table(const Fit& fit, const std::vector<Fit>& alternatives) {
  if (alternatives.empty()) return "";
  std::vector<const Fit*> fits{&fit};
  for (const Fit& other : alternatives) fits.push_back(&other);
  std::ranges::stable_sort(fits, std::greater<>(), [](const Fit* f) { return f->loo.elpd; });
  html::Table table;
  table.caption = fmt::format(
      "<b>Model comparison.</b> The pairs of classes that were fitted, by {}: larger is better. With many "
      "rough "
      "estimates (Pareto k above 0.7) small differences mean nothing.",
      term("loo"));
  table.head = {"Classes",
                "elpd",
                "Below best",
                "Standard error",
                "Effective parameters",
                "Rough",
                term("rmse", "RMSE PK"),
                "RMSE PD"};
  for (const Fit* f : fits)
    table.rows.push_back({f == &fit ? "<b>" + comparison_row(*f) + "</b>" : comparison_row(*f),
                          number(f->loo.elpd, 5), number(fits.front()->loo.elpd - f->loo.elpd, 3),
                          number(f->loo.se), number(f->loo.p_loo),
                          fmt::format("{} of {}", f->loo.bad_k, f->loo.observations),
                          number(f->pk_rmse.individual), number(f->pd_rmse.individual)});
  return html::render(table);
}

std::string shown_sentence(std::size_t all) {
  if (all <= most_shown_subjects) return "";
  return html::paragraph(fmt::format("{} of {} subjects are shown here and below, evenly from all arms.",
                                     most_shown_subjects, all));
}

}  // namespace

std::string fits_section(const RunResults& results) {
  const Fit& fit = results.fit;
  const char* title = "Stage 2: does the model describe the data?";
  if (fit.pk_fits.empty() && fit.pd_fits.empty()) return "";
  std::string content =
      error_table(fit) + loo_sentence(fit.loo) + comparison_table(fit, results.alternatives);
  content += shown_sentence(std::max(fit.pk_fits.size(), fit.pd_fits.size()));
  if (!fit.pk_check.empty() || !fit.pd_check.empty())
    content +=
        "<h3>Predictive check by arm</h3>\n" +
        html::plot("checks", "Observed quantiles and the range of simulated ones over time, by arm",
                   fmt::format(
                       "{}: lines are the observed 10%, 50% and 90% quantiles, shaded areas the 90% range of "
                       "the same quantiles in simulated trials. Prediction-corrected: all dosed arms on one "
                       "scale, each value multiplied by the median prediction of its time over its own "
                       "(Bergstrand et al. 2011).",
                       term("predictive-check", "Predictive check")));
  content +=
      "<h3>Observed against predicted</h3>\n" +
      html::plot(
          "observed_predicted", "Observed against predicted values for concentration and biomarker",
          "PK: concentration, PD: biomarker, in the units of the file. On the dashed line observation and "
          "prediction are equal. Colour and shape: arm.");
  if (!fit.draws.empty())
    content +=
        "<h3>Residuals</h3>\n" +
        html::plot(
            "residuals", "Weighted residuals over time, over the prediction, and their distribution",
            fmt::format("Observed minus {}, divided by the standard deviation of the {} there. They should "
                        "scatter evenly around 0, nearly all within 3. {}: the same for a new subject with "
                        "these covariates.",
                        term("individual"), term("residual"), term("npde", "NPDE")));

  content += "<h3>Every subject</h3>\n" +
             html::plot("individuals", "Observations and fitted curves of every subject",
                        fmt::format(
                            "Points: observations. Solid line and shading: {} with its 90% band. Dashed: {}.",
                            term("individual"), term("covariates-only")));
  return html::section("fits", title, content);
}

}  // namespace qdose
