#include "qdose/report/glossary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "qdose/base/expects.hpp"
#include "qdose/report/html.hpp"

namespace qdose {
namespace {

struct Entry {
  std::string_view key, name, meaning;
};

constexpr std::array entries{
    Entry{"attainment", "attainment",
          "The share of a population whose biomarker stays on the right side of the threshold during the "
          "whole dosing "
          "interval at steady state. One excursion, however short, counts as a miss."},
    Entry{"band", "90% band",
          "The range that holds the true value with probability 0.9, given the data and the model. It covers "
          "what the trial "
          "leaves open about the parameters, not the doubt whether the model itself is right."},
    Entry{"baseline", "baseline method",
          "An ordinary regression on the same covariates, tuned with the same effort, next to which the "
          "quantum kernel has to "
          "show what it adds."},
    Entry{"class", "model class",
          "A set of equations: how the drug enters, spreads and leaves (PK), and how the biomarker reacts to "
          "its "
          "concentration (PD). A class fixes the equations, not the values of their parameters."},
    Entry{"covariate", "covariate",
          "A property of a subject that is known beforehand, such as body weight, and may explain why "
          "subjects differ."},
    Entry{"divergence", "divergence",
          "A step of the sampler that failed numerically. A few point to a region of the posterior that was "
          "not explored; "
          "there should be none."},
    Entry{"e-bfmi", "E-BFMI",
          "Energy Bayesian fraction of missing information: how far one momentum draw moves the sampler "
          "compared with what it "
          "needs to explore. Below 0.3 the tails of the posterior are explored too slowly."},
    Entry{"ess", "ESS",
          "Effective sample size: how many independent draws would be as precise. Bulk concerns the centre, "
          "tail the 5% and "
          "95% quantiles. 400 over four chains is the usual minimum."},
    Entry{"eta", "random effect (eta)",
          "How far a subject's parameter lies from what its covariates predict, on the unbounded scale: for "
          "most "
          "parameters the logarithm."},
    Entry{"eta-shrinkage", "shrinkage of eta",
          "One minus the standard deviation of the estimated random effects over omega. Above about 30% "
          "plots of "
          "individual estimates hide more than they show."},
    Entry{"extrapolation", "extrapolation",
          "The dose, or the body weight or other covariate, lies outside what the trial studied. The answer "
          "then rests on the "
          "equations more than on data."},
    Entry{"feature-map", "feature map",
          "The quantum circuit that encodes covariates as angles of gates; the overlap of two encoded states "
          "is the kernel."},
    Entry{"geometric-difference", "geometric difference",
          "How much a quantum kernel could at best gain over a classical one on these inputs (Huang et al. "
          "2021). Far below "
          "the square root of the number of subjects, no advantage is possible whatever the outputs are."},
    Entry{"individual", "individual prediction",
          "What the model says of this subject once the subject's own observations were taken into account."},
    Entry{"covariates-only", "covariates-only prediction",
          "What the model says of a subject of whom only the covariates and the doses are known."},
    Entry{"kernel", "kernel source",
          "Doses computed from parameters that the quantum-kernel regression predicts from covariates (Stage "
          "3), with the "
          "scatter around those predictions."},
    Entry{"loo", "LOO elpd",
          "Expected log predictive density of an observation left out, by importance sampling (PSIS). Only "
          "differences between "
          "models on the same data mean something; larger is better. Pareto k above 0.7 says that the "
          "approximation is poor."},
    Entry{"mcse", "MCSE",
          "Monte Carlo standard error: how far the mean would move if the sampler ran again."},
    Entry{"npde", "NPDE",
          "Normalised prediction distribution errors: where an observation lies among simulated ones of the "
          "same subject, as a "
          "normal quantile, with the correlation within the subject taken out (Brendel et al. 2006)."},
    Entry{"omega", "omega",
          "Between-subject standard deviation of a parameter on its unbounded scale. For a log-normal "
          "parameter 0.3 means that "
          "two thirds of subjects lie within about 30% of the typical value."},
    Entry{"pd", "PD", "Pharmacodynamics: what the drug does to the body; here the biomarker."},
    Entry{"pk", "PK", "Pharmacokinetics: what the body does to the drug; here its concentration over time."},
    Entry{"posterior", "posterior source",
          "Doses computed from the population model of Stage 2: virtual subjects are drawn from everything "
          "that the trial left "
          "possible."},
    Entry{"predictive-check", "predictive check",
          "The trial is simulated many times from the fitted model. Observed quantiles should lie within the "
          "range of the "
          "simulated ones; where they leave it, the model misses something."},
    Entry{"probability-met", "probability that the target is met",
          "How sure it is, given what the trial leaves open, that the share of the population at this dose "
          "really reaches the "
          "target. The smallest dose whose mean attainment reaches the target is often only a little above "
          "one half."},
    Entry{"rank", "rank plot",
          "The draws of all chains are sorted together; each chain should have its share of every part of "
          "that order. A "
          "chain that stands out has explored another region."},
    Entry{"r2", "R²",
          "Share of the differences between subjects that covariates predict, for subjects left out of the "
          "fit. 0 is no better "
          "than the mean; negative is worse."},
    Entry{"r2-ceiling", "ceiling of R²",
          "The best R² that the uncertainty of the parameters to be predicted allows, estimated. Differences "
          "between subjects "
          "that no covariate explains keep every method below it."},
    Entry{"r-hat", "R-hat",
          "Compares the chains with one another. 1 says that they agree; above 1.01 they have not yet found "
          "the same "
          "distribution and the results should not be used."},
    Entry{"rmse", "RMSE",
          "Root mean squared error: the typical distance between observed and predicted values, first per "
          "subject, then "
          "averaged over subjects."},
    Entry{"residual", "residual error",
          "Difference between an observation and the subject's true curve: assay error and whatever the "
          "model leaves out. "
          "Proportional parts grow with the value, additive parts do not."},
    Entry{"sbc", "simulation-based calibration",
          "Trials are simulated from parameters drawn from a prior, and fitted. If program and sampler are "
          "right, "
          "the true value is as likely to be the smallest of the draws as the largest, or any between (Talts "
          "et al. "
          "2018)."},
    Entry{"shrinkage", "information kept",
          "How much a subject's own data say about a parameter: 1 when they determine it, 0 when the "
          "estimate is the "
          "population's value (complete shrinkage). Low values make plots of individual parameters "
          "misleading."},
    Entry{"steady-state", "steady state",
          "After enough equal doses every interval looks like the one before; the doses here are judged "
          "there."},
    Entry{"trace", "trace plot",
          "The sampled values in order, one colour a chain. Healthy chains overlap and show no drift."},
    Entry{"tree-depth", "tree depth",
          "How often NUTS doubled a trajectory before it turned back. At the largest allowed depth "
          "trajectories are "
          "cut off and the chain moves slowly."},
    Entry{"typical", "typical value",
          "The value of a parameter for a subject with the reference covariates."},
};

const Entry* find(std::string_view key) {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.key == key; });
  return found == entries.end() ? nullptr : found;
}

}  // namespace

std::string term(std::string_view key, std::string_view shown) {
  const Entry* entry = find(key);
  expects(entry != nullptr, "the term is in the glossary");
  return fmt::format("<a class=\"term\" href=\"#term-{0}\" aria-describedby=\"term-{0}\">{1}</a>", key,
                     html::escape(shown.empty() ? entry->name : shown));
}

std::string glossary() {
  std::string out = "<dl class=\"glossary\">\n";
  for (const Entry& entry : entries)
    out += fmt::format("<div><dt>{}</dt><dd id=\"term-{}\">{}</dd></div>\n", html::escape(entry.name),
                       entry.key, html::escape(entry.meaning));
  return out + "</dl>\n";
}

}  // namespace qdose
