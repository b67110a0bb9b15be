// The residual error of both kinds of observations: normal, with a proportional and an additive part.
#pragma once
#include <span>

#include "qdose/stage2_population/subject_batches.hpp"

namespace qdose {

/// sd^2 = (proportional * f)^2 + additive^2 around a prediction f.
struct ErrorModel {
  double proportional = 0.1, additive = 0;
};

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
