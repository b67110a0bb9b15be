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

/// Residual error of the biomarker: sd = sqrt((proportional * value)^2 + additive^2), or sd `proportional` of
/// its logarithm.
struct ResidualError {
  double proportional = 0, additive = 0;
  bool log_normal = false;
};

/// One person of a replicate: natural-scale parameters by PopulationModel::parameters.
using DrawIndividual =
    std::function<std::vector<double>(std::size_t replicate, std::span<const double> covariates, Stream&)>;

/// The same people under another assumption.
struct Alternative {
  std::string words;
  DrawIndividual individual;
};

/// A distribution of people, with its uncertainty as replicates.
struct PopulationSource {
  std::string name;            ///< posterior | kernel | truth; sources of one name are averaged
  std::size_t replicates = 0;  ///< different ones that there are
  /// Takes as many numbers from the stream whatever the replicate and the covariates. Must be safe to call
  /// from several threads.
  DrawIndividual individual = {};
  std::function<ResidualError(std::size_t replicate)> residual = {};  ///< of the biomarker; may be empty
  /// What a prediction without uncertainty and without differences between people says of these covariates;
  /// may be empty.
  std::function<std::vector<double>(std::span<const double> covariates)> typical = {};
  const PopulationModel* model = nullptr;  ///< its own, where it is not the search's; must outlive the source
  double weight = 1;                       ///< among the sources of its name
  /// The chain of the sampler that a replicate comes from; empty where there are none.
  std::function<std::size_t(std::size_t replicate)> chain = {};
  std::vector<Alternative> alternatives = {};
};

/// Stage 2's posterior: typical values, covariate effects and random effects of up to `replicates` draws, in
/// an order in which any first ones are spread evenly over all. `fit` must outlive the source and hold at
/// least one draw.
PopulationSource posterior_source(const Fit& fit, std::size_t replicates);

/// Residual error of the biomarker in one draw.
ResidualError residual_error(const PopulationModel& model, const PopulationDraw& draw);

/// Natural-scale parameters from unbounded ones; fixed ones get their value.
std::vector<double> natural_parameters(const PopulationModel& model, std::vector<double> unbounded);

/// Place of the `k`-th of `count` things in an order in which any first ones are spread evenly over all; a
/// permutation.
std::size_t spread_place(std::size_t k, std::size_t count);

}  // namespace qdose
