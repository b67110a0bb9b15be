// Stage 3's predictor: for anybody's covariates a distribution of individual parameters, with its
// uncertainty.
#pragma once
#include <Eigen/Dense>
#include <span>
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/results/fit.hpp"
#include "qdose/results/kernel.hpp"
#include "qdose/stage3_covariates/output_model.hpp"

namespace qdose {

/// One possible truth: regressions trained on a resampled set of subjects, and a posterior draw of Stage 2
/// for the parameters that no regression covers.
struct KernelReplicate {
  std::vector<OutputModel> outputs;  ///< by KernelModel::modelled
  Eigen::MatrixXd covariance;        ///< between people beyond covariates, [outputs][outputs]
  Eigen::MatrixXd covariance_root;
  PopulationDraw draw;
};

/// Parameters are on the unbounded scale and in the order of PopulationModel::parameters; fixed ones have
/// their value. Parameters that too few subjects inform, or that do not vary, come from Stage 2's posterior
/// instead.
///
/// Outside the covariates that were trained, kernels see the nearest trained value (their share of the
/// prediction stays constant) and only the log-linear trend goes on; where covariates carry no signal,
/// neither does.
class KernelModel {
 public:
  KernelResult result;
  PopulationModel population;
  CovariateInputs inputs;
  Design design;
  std::vector<CovariateTarget> modelled;    ///< the outputs that have a regression
  KernelReplicate best;                     ///< trained on every subject once
  std::vector<KernelReplicate> replicates;  ///< bootstrap over subjects

  /// Means of all parameters.
  std::vector<double> mean(const KernelReplicate& replicate, std::span<const double> covariates) const;

  /// Means of all parameters plus the differences between people that covariates do not explain. The same
  /// stream gives the same differences, in standard deviations, whatever the replicate and the covariates.
  std::vector<double> individual(const KernelReplicate& replicate, std::span<const double> covariates,
                                 Stream& stream) const;

  /// Distance beyond the covariates trained, in units of their range; 0 inside.
  double outside(std::span<const double> covariates) const { return inputs.outside(covariates); }
};

}  // namespace qdose
