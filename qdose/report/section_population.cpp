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
#include "qdose/results/random_effects.hpp"

namespace qdose {
namespace {

using html::escape, html::interval, html::number;

constexpr CautionLimits limits;

std::string flagged(const std::string& shown, bool bad) {
  if (!bad) return shown;
  return fmt::format(
      "<span class=\"flag\"><span aria-hidden=\"true\">▲ </span><span class=\"unseen\">outside the limit: "
      "</span>{}</span>",
      shown);
}

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
                  escape(fit.ess_worst), term("divergence", "divergences"), fit.divergences,
                  fit.gradient_evaluations, number(fit.seconds_warmup, 2), number(fit.seconds_sampling, 2)));
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

std::string chain_table(const Fit& fit) {
  html::Table table;
  table.caption = "Chains.";
  table.head = {"Chain", "Step size", "Acceptance", term("e-bfmi"), term("divergence", "Divergences")};
  for (std::size_t c = 0; c < fit.chain_info.size(); ++c) {
    const ChainInfo& chain = fit.chain_info[c];
    table.rows.push_back({std::to_string(c + 1), number(chain.step_size), number(chain.acceptance),
                          flagged(number(chain.e_bfmi), chain.e_bfmi < limits.e_bfmi),
                          flagged(std::to_string(chain.divergences), chain.divergences > 0)});
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
  content += "<h3>Did the sampler work?</h3>\n" + chain_table(fit);
  const bool has_energy = std::any_of(fit.chain_info.begin(), fit.chain_info.end(),
                                      [](const ChainInfo& chain) { return !chain.energy.empty(); });
  if (has_energy)
    content += html::plot(
        "energy", "Histograms of the energy and of its changes, and the energy of every chain",
        fmt::format("Energy of the draws around its mean, and its change from draw to draw. The second "
                    "should not be much narrower ({}).",
                    term("e-bfmi")));
  if (!fit.traces.empty())
    content += html::plot("traces", "Trace plots of all reported quantities, one colour a chain",
                          fmt::format("{} of all reported quantities.", term("trace", "Trace plots")));
  if (!fit.traces.empty())
    content += html::plot(
        "ranks", "Ranks of the draws of every chain, for all reported quantities",
        fmt::format("{}: how often the draws of a chain take each rank among all draws. Lines near 1 "
                    "say that the chains agree.",
                    term("rank", "Rank plots")));
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
