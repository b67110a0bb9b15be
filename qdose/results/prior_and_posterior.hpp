// What the data added to a prior.
#pragma once
#include <cmath>
#include <optional>
#include <vector>

#include "qdose/results/fit.hpp"

namespace qdose {

/// A quantity's posterior on its prior's scale beside the prior.
struct PriorUpdate {
  double mean = 0, sd = 0;              ///< of the draws
  double prior_mean = 0, prior_sd = 1;  ///< of the prior

  /// Share of the prior's variance that the data took away; negative where the posterior is the wider one.
  double contraction() const { return 1 - sd * sd / (prior_sd * prior_sd); }
  /// The posterior's mean in the prior's standard deviations.
  double shift() const { return (mean - prior_mean) / prior_sd; }
  bool led_by_prior() const { return contraction() < 0.25; }
  bool surprising() const { return std::abs(shift()) > 3; }
};

/// A natural value on the prior's scale, and back, and the derivative of the natural value there.
double on_prior_scale(const QuantityPrior& prior, double natural);
double from_prior_scale(const QuantityPrior& prior, double x);
double natural_slope(const QuantityPrior& prior, double x);

/// From the draws [chain][draw] on the natural scale; nothing for a quantity without a prior of its own.
std::optional<PriorUpdate> update_of(const ParameterSummary& parameter,
                                     const std::vector<std::vector<double>>& draws);

}  // namespace qdose
