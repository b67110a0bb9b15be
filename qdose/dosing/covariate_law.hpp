// How one covariate is distributed in a population that differs from the trial's.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace qdose {

enum class Law { value, uniform, normal, lognormal, levels };

/// Replaces one covariate of everybody.
///  - value: `low` for all; uniform on [low, high];
///  - normal with mean `centre` and sd `spread`, lognormal with median `centre` and sd of ln `spread`; both
///    within [low, high] where low < high;
///  - levels: `levels` with `shares` (that sum to 1).
/// With `keeps_rank` a person keeps the rank that the covariate had in the trial, so that its dependence on
/// the other covariates stays.
struct CovariateChange {
  std::size_t covariate = 0;
  double low = 0, high = 0;
  Law law = Law::uniform;
  double centre = 0, spread = 0;
  std::vector<double> levels = {}, shares = {};
  std::optional<bool> keeps_rank = {};  ///< nothing: if the trial's correlations are clear

  bool operator==(const CovariateChange&) const = default;
};

/// The value below which a share `u` in (0, 1) of the population lies.
double quantile(const CovariateChange& change, double u);

/// What the law allows: smallest and largest value, the central 99.8% where it has no ends.
double smallest_value(const CovariateChange& change);
double largest_value(const CovariateChange& change);

/// "70 to 140", "0", "normal (80, sd 12)".
std::string law_words(const CovariateChange& change);

}  // namespace qdose
