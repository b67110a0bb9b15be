// The subjects' random effects as plots and tables show them.
#pragma once
#include <string>
#include <vector>

#include "qdose/results/fit.hpp"

namespace qdose {

/// Estimated random effects (eta) of one parameter: the individual's estimate minus what covariates predict,
/// at the posterior mean of the population.
struct RandomEffect {
  std::string parameter;
  std::size_t index = 0;    ///< in PopulationModel::parameters
  std::vector<double> eta;  ///< by Fit::individuals
  double omega = 0;         ///< posterior mean of their standard deviation
  double shrinkage = 0;     ///< as in Fit::etas; NaN where that does not tell it
};

/// One entry a parameter that varies between subjects; empty when the fit has no draws or no individuals.
std::vector<RandomEffect> random_effects(const Fit& fit);

/// Residuals of one subject's observations as the fit tells them, else (observed - individual) / sd at the
/// posterior mean of the residual error; NaN where that sd is 0.
std::vector<double> weighted_residuals(const IndividualFit& fit, double proportional, double additive);

/// Posterior mean of the population.
PopulationDraw mean_draw(const Fit& fit);

}  // namespace qdose
