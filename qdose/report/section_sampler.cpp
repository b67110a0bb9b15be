#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "qdose/report/cautions.hpp"
#include "qdose/report/glossary.hpp"
#include "qdose/report/html.hpp"
#include "qdose/report/sections.hpp"

namespace qdose {
namespace {

using html::escape, html::flagged, html::number;

constexpr CautionLimits limits;

/// Mean of the gradients of a chain's trajectories; NaN where they are not known.
double gradients_a_draw(const ChainInfo& chain) {
  double sum = 0;
  for (int steps : chain.leapfrog_steps) sum += steps;
  return sum / static_cast<double>(chain.leapfrog_steps.size());
}

std::string chain_table(const Fit& fit) {
  html::Table table;
  table.caption = "Chains.";
  table.head = {"Chain",        "Step size",
                "Acceptance",   "Gradients a draw",
                term("e-bfmi"), term("divergence", "Divergences")};
  const bool trees = std::ranges::any_of(fit.chain_info, [](const ChainInfo& chain) {
    return std::ranges::any_of(chain.tree_depth, [](int depth) { return depth > 0; });
  });
  if (trees) table.head.push_back(term("tree-depth", "Largest tree depth"));
  for (std::size_t c = 0; c < fit.chain_info.size(); ++c) {
    const ChainInfo& chain = fit.chain_info[c];
    table.rows.push_back({std::to_string(c + 1), number(chain.step_size), number(chain.acceptance),
                          number(gradients_a_draw(chain)),
                          flagged(number(chain.e_bfmi), chain.e_bfmi < limits.e_bfmi),
                          flagged(std::to_string(chain.divergences), chain.divergences > 0)});
    if (trees) table.rows.back().push_back(std::to_string(*std::ranges::max_element(chain.tree_depth)));
  }
  return html::render(table);
}

std::string energy_plot(const Fit& fit) {
  const bool has_energy = std::any_of(fit.chain_info.begin(), fit.chain_info.end(),
                                      [](const ChainInfo& chain) { return !chain.energy.empty(); });
  if (!has_energy) return "";
  return html::plot(
      "energy", "Histograms of the energy and of its changes, and the energy of every chain",
      fmt::format("Energy of the draws around its mean, and its change from draw to draw. The second "
                  "should not be much narrower ({}).",
                  term("e-bfmi")));
}

std::string trace_plots(const Fit& fit) {
  if (fit.traces.empty()) return "";
  std::string content =
      html::plot("traces", "Trace plots of all reported quantities, one colour a chain",
                 fmt::format("{} of all reported quantities.", term("trace", "Trace plots")));
  content += html::plot(
      "ranks", "Ranks of the draws of every chain, for all reported quantities",
      fmt::format("{}: how often the draws of a chain take each rank among all draws. Lines near 1 "
                  "say that the chains agree.",
                  term("rank", "Rank plots")));
  const auto has_prior = [](const ParameterSummary& p) { return !p.prior.scale.empty(); };
  if (std::ranges::count_if(fit.parameters, has_prior) < 2) return content;  // a folder of an older version
  return content +
         html::plot("pairs", "Draws of the most correlated pairs of quantities, divergent ones marked",
                    fmt::format("The pairs of quantities with the largest rank correlations (in their "
                                "titles), and the one that mixed worst with its closest companion. Draws "
                                "after a {} are crosses: where they gather, the sampler could not follow.",
                                term("divergence")));
}

std::string calibration_part(const Calibration& c) {
  if (c.refits == 0) return "";
  const std::string few = c.refits < 100 ? " With so few refits only gross errors would show." : "";
  const std::string failed = c.failed > 0 ? fmt::format(" ({} failed)", c.failed) : "";
  return "<h3>Is the posterior calibrated?</h3>\n" +
         html::paragraph(
             fmt::format(
                 "{}: {} trials{} were simulated from the model fitted, with parameters drawn from a prior "
                 "twice "
                 "as wide "
                 "as the posterior, and fitted again with {}{}. The ranks of the true values among the draws "
                 "are "
                 "{} (smallest p of {} tests times their number: {}; below 0.01 they are not uniform).",
                 term("sbc", "Simulation-based calibration"), c.refits, failed, escape(c.sampler),
                 c.planted.empty() ? "" : ", with a planted error (" + escape(c.planted) + ")",
                 c.uniform ? "uniform" : flagged("not uniform", true), c.quantities.size(),
                 number(c.p_value, 2)) +
             few) +
         html::plot("calibration", "Ranks of the true values among the draws of their refits, by quantity",
                    "How often the true value took each tenth of the ranks; the shaded area holds 99% of "
                    "such counts "
                    "when all ranks are equally likely.");
}

std::string plus_minus(const SeedMean& m) {
  if (std::isnan(m.mean)) return "–";
  return std::isnan(m.se) ? number(m.mean) : fmt::format("{} ± {}", number(m.mean), number(m.se, 2));
}

std::string bake_off_part(const BakeOff& b) {
  if (b.runs.empty()) return "";
  html::Table table;
  table.caption = fmt::format(
      "Smallest {} of all {} quantities per 1000 gradients, mean and standard error over seeds. Every run "
      "had {} "
      "gradients, warm-up included.",
      term("ess"), b.dimension, b.budget);
  table.head = {"Sampler",
                "Target",
                "Bulk",
                "Tail",
                "Bulk, without warm-up",
                "Bulk per second",
                term("r-hat"),
                "Divergences",
                "Runs without draws"};
  const std::vector<SamplerScore> scores = scores_of(b);
  for (const SamplerScore& s : scores)
    table.rows.push_back({escape(s.sampler), html::plain(s.target_acceptance), plus_minus(s.bulk),
                          plus_minus(s.tail), plus_minus(s.bulk_sampling), plus_minus(s.bulk_per_second),
                          number(s.r_hat.mean, 4), std::to_string(s.divergences),
                          fmt::format("{} of {}", s.without_draws, s.runs)});
  const std::string verdict = verdict_of(scores);
  return "<h3>Samplers side by side</h3>\n" + (verdict.empty() ? "" : html::paragraph(escape(verdict))) +
         html::render(table);
}

}  // namespace

std::string sampler_part(const RunResults& results) {
  const Fit& fit = results.fit;
  return "<h3>Did the sampler work?</h3>\n" + chain_table(fit) + energy_plot(fit) + trace_plots(fit) +
         calibration_part(results.calibration) + bake_off_part(results.bake_off);
}

}  // namespace qdose
