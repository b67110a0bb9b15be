// Does the model produce trials like the one observed? Quantiles over subjects, arm by arm.
#pragma once
#include "qdose/results/fit.hpp"
#include "qdose/stage2_population/posterior.hpp"

namespace qdose {

struct PredictiveChecks {
  std::vector<PredictiveBand> pk, pd;  ///< one an arm, by dose level
};

/// Simulates the trial about `replicates` times with new subjects (same covariates, doses and times) and
/// residual error, each from another draw, and compares the 10%, 50% and 90% quantiles over the subjects of
/// an arm with those observed. Times are the arm's own; where fewer than three subjects share one, neighbours
/// are pooled.
PredictiveChecks predictive_checks(const Posterior& posterior, std::size_t replicates, std::uint64_t seed,
                                   int threads);

}  // namespace qdose
