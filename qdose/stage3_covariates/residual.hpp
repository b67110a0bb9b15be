// How people differ beyond their covariates: the covariance between outputs, without the noise of the
// targets.
#pragma once
#include "qdose/stage3_covariates/output_model.hpp"

namespace qdose {

/// Covariance of the outputs between people, [outputs][outputs], positive semidefinite. The diagonal is
/// OutputModel::variance. A correlation r comes from the subjects that two outputs share and is shrunk by the
/// factor max(0, 1 - v/r^2), v being its variance were there none (positive-part James-Stein). The noise of
/// two outputs of one subject is taken as independent. `copies` [all subjects] says how often each subject
/// counts.
Eigen::MatrixXd residual_covariance(const std::vector<CovariateTarget>& targets,
                                    const std::vector<OutputModel>& models, const Eigen::VectorXd& copies);

/// A matrix R with R R^T = covariance, from eigenvalues with negative ones set to 0.
Eigen::MatrixXd covariance_root(const Eigen::MatrixXd& covariance);

}  // namespace qdose
