// Every method scored on the same folds, and the scores put into the result.
#pragma once
#include "qdose/stage3_covariates/kernel_model.hpp"
#include "qdose/stage3_covariates/methods.hpp"
#include "qdose/stage3_covariates/validation.hpp"

namespace qdose {

/// Cross-validated residuals of all methods, [method][output].
using Scores = std::vector<std::vector<OutOfFold>>;

/// Fills outputs (all but lambda and bandwidth), baselines and verdict. An output has signal when the quantum
/// kernel's method beats the training mean by `caution` standard errors of the paired differences.
void fill_scores(KernelResult& result, const std::vector<Method>& methods,
                 const std::vector<CovariateTarget>& targets, const Scores& scores, std::size_t subjects,
                 double caution);

/// Predictions of the kernel and of the log-linear baseline over each continuous covariate's range, at every
/// level of the first categorical one; the other covariates are held at their reference. Only outputs with
/// signal get curves.
std::vector<KernelCurve> prediction_curves(const KernelModel& model,
                                           const std::vector<OutputModel>& log_linear);

}  // namespace qdose
