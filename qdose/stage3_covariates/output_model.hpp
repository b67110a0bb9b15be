// A trained regression of one output: its mean for anybody, and the variance around it that is between
// people.
#pragma once
#include "qdose/stage3_covariates/tuning.hpp"

namespace qdose {

struct OutputModel {
  Candidate candidate;
  double lambda = 0;
  RidgeCoefficients coefficients;
  double variance = 0;        ///< between people, beyond covariates and beyond the noise of the targets
  Eigen::VectorXd residuals;  ///< [subjects of the target] in-sample
  double residual_count = 0;  ///< subjects minus effective parameters
};

/// Trains what was chosen. `copies` [subjects of the target] says how often each subject counts (bootstrap);
/// empty: once.
OutputModel train(const Design& design, const Choice& choice, const CovariateTarget& target,
                  const Eigen::VectorXd& copies = {});

/// Means for people with these inputs, [people].
Eigen::VectorXd predict(const Design& design, const OutputModel& model, const InputMatrix& inputs);

/// The variance tau^2 >= 0 that solves sum_i copies_i r_i^2 / (tau^2 + noise_i) = count (Paule and Mandel
/// 1982); 0 when the noise alone explains the residuals.
double between_variance(const Eigen::VectorXd& residuals, const Eigen::VectorXd& noise,
                        const Eigen::VectorXd& copies, double count);

}  // namespace qdose
