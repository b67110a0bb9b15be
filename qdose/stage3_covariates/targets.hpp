// What the regressions are trained on: Stage 2's individual parameters, with what the data of each subject
// really say.
#pragma once
#include <Eigen/Dense>
#include <string>
#include <vector>

#include "qdose/results/fit.hpp"

namespace qdose {

/// One output: a parameter on the unbounded scale for the subjects whose data inform it.
struct CovariateTarget {
  std::string name;
  std::size_t parameter = 0;  ///< in PopulationModel::parameters
  std::vector<std::size_t> subjects = {};
  Eigen::VectorXd y = {};        ///< [subjects] estimate from the subject's own data
  Eigen::VectorXd noise = {};    ///< [subjects] variance of that estimate
  Eigen::VectorXd weights = {};  ///< [subjects] 1 / (between-subject variance + noise), mean 1
};

/// Sets `weights` from the noise and a between-subject variance.
void set_weights(CovariateTarget& target, double between_variance);

/// The target for one parameter. A posterior mean is pulled towards the population model (shrinkage), and
/// training on it would find the covariate effects that Stage 2 assumed. The pull is undone: with posterior
/// N(m, v) and population N(mu_i, omega^2) the subject's own data say N(y, s) with 1/s = 1/v - 1/omega^2 and
/// y = s (m/v - mu_i/omega^2). Subjects whose data remove less than `least_information` of omega^2 (placebo
/// subjects for PK parameters) are left out. mu_i and omega^2 are means over the posterior draws.
CovariateTarget individual_target(const Fit& fit, std::size_t parameter, double least_information);

}  // namespace qdose
