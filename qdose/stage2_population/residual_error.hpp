// The residual error of both kinds of observations: normal, with a proportional and an additive part.
#pragma once
#include <cmath>
#include <span>

#include "qdose/stage2_population/subject_batches.hpp"

namespace qdose {

/// sd^2 = (proportional * f)^2 + additive^2 around a prediction f; on the logarithmic scale sd =
/// proportional.
struct ErrorModel {
  double proportional = 0.1, additive = 0;
  bool log_scale = false;

  double sd(double f) const {
    return log_scale ? proportional : std::sqrt(proportional * proportional * f * f + additive * additive);
  }
  /// Standardised residual of a value.
  double residual(double value, double f) const {
    return (log_scale ? std::log(value / f) : value - f) / sd(f);
  }
  /// A value around f, from a standard normal number.
  double value(double f, double z) const {
    return log_scale ? f * std::exp(proportional * z) : f + sd(f) * z;
  }
};

/// Log density of one value, or log probability that it lies below `limit` (Beal's M3) when `below`.
double log_density_of(const ErrorModel& error, double f, double value, bool below, double limit);

/// log of the standard normal distribution function, and its derivative; accurate in both tails.
double log_normal_cdf(double z);
double normal_hazard(double z);

/// Log likelihood of a batch's values of one kind, and its derivatives.
struct ErrorGradient {
  double log_likelihood = 0;
  double log_proportional = 0, log_additive = 0;  ///< derivatives by the logarithms of the two parts
};

/// For predictions f [values]; writes d log likelihood / d f to `adjoint` [values]. Not finite when an f is
/// not.
ErrorGradient residual_likelihood(const Observed& observed, const ErrorModel& error, std::span<const Lanes> f,
                                  std::span<Lanes> adjoint);

}  // namespace qdose
