// Stage 3 from end to end: Stage 2's individuals in, a predictor and its honest scores out.
#pragma once
#include "qdose/base/progress.hpp"
#include "qdose/base/result.hpp"
#include "qdose/stage3_covariates/kernel_model.hpp"
#include "qdose/stage3_covariates/settings.hpp"

namespace qdose {

/// Trains the quantum kernel and every baseline on the individual parameters of `fit` and compares them.
///  - Outputs: the parameters that vary and that at least ten subjects inform, on the unbounded scale.
///  - KernelOutput::r2 is cross-validated by subject with all tuning repeated inside; the mean scores 0.
///  - Where covariates do not beat the intercept by `caution` standard errors the intercept is used
///  (has_signal false).
/// Errors: settings out of range, an unknown map, a fit without individuals or draws, an interrupt.
Result<KernelModel> fit_kernel(const Fit& fit, const KernelSettings& settings, Progress& progress);

}  // namespace qdose
