// Where virtual subjects get their parameters from.
#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/results/fit.hpp"

namespace qdose {

/// Residual error of the biomarker: sd = sqrt((proportional * value)^2 + additive^2).
struct ResidualError {
  double proportional = 0, additive = 0;
};

/// A distribution of people, with its uncertainty as replicates.
struct PopulationSource {
  std::string name;  ///< posterior | kernel
  std::size_t replicates = 0;
  /// Natural-scale parameters of one person, by PopulationModel::parameters. Takes as many numbers from the
  /// stream whatever the replicate and the covariates. Must be safe to call from several threads.
  std::function<std::vector<double>(std::size_t replicate, std::span<const double> covariates, Stream&)>
      individual = {};
  std::function<ResidualError(std::size_t replicate)> residual = {};  ///< of the biomarker; may be empty
};

/// Stage 2's posterior: typical values, covariate effects and random effects of `replicates` draws spread
/// evenly over all. `fit` must outlive the source and hold at least one draw.
PopulationSource posterior_source(const Fit& fit, std::size_t replicates);

}  // namespace qdose
