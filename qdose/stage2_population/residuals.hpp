// Standardised residuals of the observations: given the individual, and given the population alone.
#pragma once
#include "qdose/results/fit.hpp"
#include "qdose/stage2_population/replicates.hpp"

namespace qdose {

/// Fills `iwres` and `npde` of every fit of one role.
///  iwres: (observed - individual prediction) / sd of the residual error at its posterior mean.
///  npde: normal score of the observation's rank among the replicates, both made uncorrelated within the
///  subject by the replicates' mean and covariance (Brendel et al. 2006). Standard normal when the model is
///  right. A value below its limit is ranked at random below the replicates' share under it (Nguyen et al.
///  2012).
void add_residuals(const Posterior& posterior, const std::vector<Replicate>& simulated, std::uint64_t seed,
                   bool pk, int threads, std::vector<IndividualFit>& fits);

}  // namespace qdose
