// Does the model produce trials like the one observed? Quantiles over subjects, arm by arm and pooled.
#pragma once
#include "qdose/results/fit.hpp"
#include "qdose/stage2_population/replicates.hpp"

namespace qdose {

struct PredictiveChecks {
  std::vector<PredictiveBand> pk, pd;  ///< one an arm, by dose level
};

/// Compares the 10%, 50% and 90% quantiles over the subjects of an arm with those of the replicates. Times
/// are the arm's own; where fewer than three subjects share one, neighbours are pooled. Values below a limit
/// of quantification count as half of it on both sides.
PredictiveChecks predictive_checks(const Posterior& posterior, const std::vector<Replicate>& simulated,
                                   int threads);

/// The same of one role over all dosed arms together, each value multiplied by (typical prediction of its
/// bin) / (its own prediction from covariates), observed and simulated alike (Bergstrand et al. 2011). `fits`
/// give the predictions. Without values when nobody was dosed.
PredictiveBand corrected_check(const Posterior& posterior, const std::vector<Replicate>& simulated,
                               const std::vector<IndividualFit>& fits, bool pk, int threads);

}  // namespace qdose
