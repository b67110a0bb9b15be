// How well the fitted population describes each subject: curves with bands, predictions at the observations,
// RMSE.
#pragma once
#include "qdose/results/fit.hpp"
#include "qdose/stage2_population/posterior.hpp"

namespace qdose {

struct IndividualFits {
  std::vector<IndividualFit> pk, pd;  ///< subjects with observations of that kind
  Rmse pk_rmse, pd_rmse;
};

/// From about `draws` draws: `individual` is the posterior mean of the subject's own curve at its
/// observations, `population` the mean of what its covariates alone predict; the band is 5%, 50% and 95% of
/// the subject's curve, without residual error.
IndividualFits individual_fits(const Posterior& posterior, std::size_t draws, int threads);

/// Mean and sd of every subject's parameters over all draws, and how much of the population's variance the
/// subject's own data took away.
std::vector<IndividualEstimate> individual_estimates(const Posterior& posterior, int threads);

/// Shrinkage of every parameter that varies and its etas' correlation with covariates, over subjects whose
/// data inform it.
std::vector<EtaSummary> eta_summaries(const Posterior& posterior,
                                      const std::vector<IndividualEstimate>& individuals);

}  // namespace qdose
