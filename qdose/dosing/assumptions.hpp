// One person drawn from a posterior draw, and other ways to draw one, under assumptions that a trial cannot
// settle.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/results/fit.hpp"

namespace qdose {

/// How a person is drawn.
struct PersonRule {
  std::string words = {};
  double spread = 1;         ///< factor on the differences between people
  bool heavy_tails = false;  ///< random effects with a multivariate t of 5 degrees of freedom, same variance
  /// Lower triangle of the random effects' correlation, [parameters][parameters]; empty: that of
  /// the draw.
  std::vector<std::vector<double>> root = {};
  /// Beyond the trial's body weights: the fitted effects go on, they stay what they are at the trial's limit,
  /// or they go on with exponent 0.75 for flows (L/h) and 1 for volumes (L).
  enum class Beyond { fitted, flat, allometric } beyond = Beyond::fitted;
};

/// Natural-scale parameters. Rules take their additional random numbers after the common ones, so that the
/// same stream gives the same person as far as the rule lets it.
std::vector<double> draw_person(const PopulationModel& model, const PopulationDraw& draw,
                                const PersonRule& rule, std::span<const double> covariates, Stream& stream);

/// The rules worth trying for a fit: weight effects beyond the trial (where it has a body weight), correlated
/// random effects as the individual estimates are (where the fit holds them independent), heavy tails, a
/// fifth more spread.
std::vector<PersonRule> alternative_rules(const Fit& fit);

}  // namespace qdose
