// Leave-one-out cross-validation without refitting: importance sampling with Pareto-smoothed weights.
#pragma once
#include <span>
#include <vector>

namespace qdose {

/// Expected log predictive density of one value left out. `k` is the shape of the tail of the weights: above
/// 0.7 the estimate is not to be trusted.
struct LeaveOneOut {
  double elpd = 0, k = 0;
};

/// From the value's log likelihood at each posterior draw; at least 20 draws (Vehtari, Gelman, Gabry 2017,
/// "Practical Bayesian model evaluation using leave-one-out cross-validation and WAIC").
LeaveOneOut leave_one_out(std::span<const double> log_likelihood);

/// log of the mean of exp(x).
double log_mean_exp(std::span<const double> x);

/// Generalised Pareto distribution fitted to positive, ascending exceedances (Zhang & Stephens 2009), the
/// shape pulled towards 0.5 with the weight of ten values.
struct ParetoTail {
  double shape = 0, scale = 0;
  /// Quantile of the fitted exceedances, p in (0, 1).
  double quantile(double p) const;
};
ParetoTail fit_pareto_tail(std::span<const double> exceedances);

}  // namespace qdose
