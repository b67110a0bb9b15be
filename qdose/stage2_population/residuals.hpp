// Standardised residuals of the observations: given the individual, and given the population alone.
#pragma once
#include <Eigen/Core>
#include <span>
#include <vector>

#include "qdose/results/fit.hpp"
#include "qdose/stage2_population/replicates.hpp"

namespace qdose {

/// Fills `iwres` and `npde` of every fit of one role.
///  iwres: weighted_residual at the individual prediction and the posterior mean of the residual error.
///  npde: prediction_errors. A value below its limit is ranked at random below the replicates' share under
///  it (Nguyen et al. 2012).
void add_residuals(const Posterior& posterior, const std::vector<Replicate>& simulated, std::uint64_t seed,
                   bool pk, int threads, std::vector<IndividualFit>& fits);

/// Standardised residual of a value, 0 where nothing varies; of one below its limit a random number from the
/// part of the normal distribution below the limit's own residual.
double weighted_residual(const Observation& value, double prediction, const ErrorModel& error,
                         Stream& random);

/// Normal scores of the ranks of one subject's values among `simulated` ones [replicate, value], both made
/// uncorrelated by the replicates' mean and covariance (Brendel et al. 2006): standard normal when the model
/// is right, also with not many more replicates than values.
std::vector<double> prediction_errors(std::span<const double> observed, const Eigen::MatrixXd& simulated);

}  // namespace qdose
