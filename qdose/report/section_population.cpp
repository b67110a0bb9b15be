#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "qdose/report/cautions.hpp"
#include "qdose/report/glossary.hpp"
#include "qdose/report/html.hpp"
#include "qdose/report/model_choices.hpp"
#include "qdose/report/parameter_groups.hpp"
#include "qdose/report/sections.hpp"
#include "qdose/report/trial_medians.hpp"
#include "qdose/results/prior_and_posterior.hpp"
#include "qdose/results/random_effects.hpp"

namespace qdose {
namespace {

using html::escape, html::flagged, html::interval, html::number;

constexpr CautionLimits limits;

std::string count(double value) { return fmt::format("{:.0f}", value); }

std::string verdict(const Fit& fit) {
  const double ess = std::min(fit.ess_bulk_min, fit.ess_tail_min);
  const bool good = fit.r_hat_max <= limits.r_hat && ess >= limits.ess && fit.divergences == 0;
  return html::paragraph(
      fmt::format("{} chains of {} draws with the <b>{}</b> sampler. {} Largest {}: {} ({}); smallest {}: {} "
                  "({}); {}: {}; "
                  "gradient evaluations: {}; warm-up {} s, sampling {} s.",
                  fit.chains, fit.draws_per_chain, escape(fit.sampler),
                  good ? "The chains agree and the draws suffice."
                       : "<span class=\"flag\">The sampler's checks are not all met.</span>",
                  term("r-hat"), number(fit.r_hat_max, 4), escape(fit.r_hat_worst), term("ess"), count(ess),
                  escape(fit.ess_bulk_min <= fit.ess_tail_min ? fit.ess_worst : fit.ess_tail_worst),
                  term("divergence", "divergences"), fit.divergences, fit.gradient_evaluations,
                  number(fit.seconds_warmup, 2), number(fit.seconds_sampling, 2)));
}

std::vector<std::string> parameter_row(const Fit& fit, const ParameterSummary& p) {
  return {escape(p.name),
          escape(unit_of(fit.model, p.name)),
          number(p.mean),
          number(p.sd, 2),
          number(p.q50),
          interval(p.q5, p.q95),
          number(p.mcse_mean, 2),
          flagged(fmt::format("{:.3f}", p.r_hat), p.r_hat > limits.r_hat),
          flagged(count(p.ess_bulk), p.ess_bulk < limits.ess),
          flagged(count(p.ess_tail), p.ess_tail < limits.ess)};
}

/// Priors beside posteriors, and in words where the data add little or contradict.
std::string prior_part(const Fit& fit) {
  std::string led, far;
  bool any = false;
  for (std::size_t q = 0; q < fit.parameters.size() && q < fit.traces.size(); ++q) {
    const auto update = update_of(fit.parameters[q], fit.traces[q]);
    if (!update) continue;
    any = true;
    const auto add = [&](std::string& list) {
      list += (list.empty() ? "" : ", ") + escape(fit.parameters[q].name);
    };
    if (update->led_by_prior()) add(led);
    if (update->surprising()) add(far);
  }
  if (!any) return "";
  std::string words = led.empty()
                          ? "The data move every quantity well beyond its prior."
                          : "Mostly what the prior says, since the data took away less than a quarter of "
                            "its variance: " +
                                led + ".";
  if (!far.empty())
    words += " Further than 3 of its standard deviations from where the prior expected it: " + far + ".";
  return "<h3>What the data added to the priors</h3>\n" + html::paragraph(words) +
         html::plot("priors", "Prior and posterior densities of all quantities with a prior of their own",
                    "Shaded: posterior. Dashed: prior, as far as the axis shows it.");
}

std::string parameter_table(const Fit& fit) {
  html::Table table;
  table.caption = "Posterior of the population, on the natural scale. ▲ marks what misses its limit.";
  table.head = {"Parameter",
                "Unit",
                "Mean",
                "SD",
                "Median",
                "90% interval",
                term("mcse"),
                term("r-hat"),
                term("ess", "ESS bulk"),
                term("ess", "ESS tail")};
  table.text_columns = {0, 1};
  for (const ParameterGroup& group : parameter_groups(fit)) {
    table.rows.push_back(
        {fmt::format("{} <span class=\"small\">{}</span>", escape(group.title), escape(group.meaning))});
    for (const ParameterSummary* p : group.members) table.rows.push_back(parameter_row(fit, *p));
  }
  return html::render(table);
}

std::string shrinkage_words(const std::vector<RandomEffect>& effects, std::size_t parameter) {
  const auto found = std::find_if(effects.begin(), effects.end(),
                                  [&](const RandomEffect& effect) { return effect.index == parameter; });
  const bool told = found != effects.end() && !std::isnan(found->shrinkage);
  return told ? html::percent(found->shrinkage) : "–";
}

std::string shrinkage_table(const Fit& fit) {
  html::Table table;
  table.caption =
      fmt::format("{}: how much a subject's own data say about a parameter (median over subjects).",
                  term("shrinkage", "Information kept"));
  table.head = {"Parameter", "Median", "Least informed subject", term("eta-shrinkage", "Shrinkage of eta")};
  const std::vector<RandomEffect> effects = random_effects(fit);
  for (std::size_t j = 0; j < fit.model.parameters.size(); ++j) {
    if (!fit.model.parameters[j].varies || fit.model.parameters[j].fixed) continue;
    std::vector<double> kept;
    for (const IndividualEstimate& subject : fit.individuals)
      if (j < subject.shrinkage.size()) kept.push_back(subject.shrinkage[j]);
    if (kept.empty()) continue;
    table.rows.push_back({escape(fit.model.parameters[j].name), number(median(kept), 2),
                          number(*std::min_element(kept.begin(), kept.end()), 2),
                          shrinkage_words(effects, j)});
  }
  return table.rows.empty() ? "" : html::render(table);
}

}  // namespace

std::string population_section(const RunResults& results) {
  const Fit& fit = results.fit;
  const char* title = "Stage 2: the population";
  if (fit.parameters.empty())
    return html::section("population", title,
                         html::paragraph("Stage 2 was not run, so there are no parameters."));
  std::string content =
      html::paragraph(fmt::format("Classes fitted: <b>{}</b> and <b>{}</b>, all subjects at once.",
                                  escape(fit.pk_class), escape(fit.pd_class)));
  content += verdict(fit) + parameter_table(fit) + shrinkage_table(fit) + choice_tables(fit);
  content += prior_part(fit) + sampler_part(results);
  if (!fit.draws.empty() && !fit.individuals.empty() && !fit.model.covariates.empty())
    content +=
        "<h3>Is anything left for the covariates?</h3>\n" +
        html::plot(
            "effects", "Random effects of every parameter against every covariate",
            fmt::format("What covariates leave unexplained of each subject ({}). A trend asks for a further "
                        "covariate effect; where information kept is low, points lie near 0 whatever "
                        "is true.",
                        term("eta")));
  return html::section("population", title, content);
}

}  // namespace qdose
