// Where virtual subjects come from: anything that draws individual parameters for given covariates.
#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/results/fit.hpp"

namespace qdose {

/// A population with its uncertainty: replicate r < replicates is one possible truth. `individual` draws a
/// subject's parameters (natural scale, in the order of PopulationModel::parameters) for covariates in the
/// model's order; it must draw the same number of random numbers whatever the covariates, and be safe to call
/// from several threads.
struct PopulationSource {
  std::string name;  ///< posterior | kernel
  std::size_t replicates = 0;
  std::function<std::vector<double>(std::size_t replicate, std::span<const double> covariates,
                                    Stream& stream)>
      individual;
};

/// Stage 2's posterior: replicate r is a draw of the population's parameters, spread evenly over all chains.
/// `fit` must outlive the source.
PopulationSource posterior_source(const Fit& fit, std::size_t replicates);

}  // namespace qdose
