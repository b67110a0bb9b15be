// How far draws can be trusted: rank-normalised split R-hat, effective sample sizes, E-BFMI, quantiles.
#pragma once
#include <span>
#include <vector>

namespace qdose {

/// Draws of one quantity, one vector a chain, equal lengths of at least 4.
using ChainDraws = std::vector<std::vector<double>>;

/// Convergence of one quantity (Vehtari, Gelman, Simpson, Carpenter, Buerkner 2021, "Rank-normalization,
/// folding, and localization: an improved R-hat"). Constant draws give r_hat 1 and the number of draws as
/// ESS; NaN when any draw is.
struct Convergence {
  double r_hat = 1;      ///< the larger of bulk (rank-normalised) and folded
  double ess_bulk = 0;   ///< of the rank-normalised draws
  double ess_tail = 0;   ///< the smaller of the ESS of the 5% and 95% quantiles
  double ess_mean = 0;   ///< of the draws themselves
  double mcse_mean = 0;  ///< sd / sqrt(ess_mean)
};
Convergence convergence(const ChainDraws& chains);

/// ESS of the mean of the draws as they are, chains split in halves: Geyer's initial monotone sequence of
/// pairs.
double effective_sample_size(const ChainDraws& chains);

/// Split R-hat of the draws as they are.
double split_r_hat(const ChainDraws& chains);

/// Average ranks mapped to normal scores: z = quantile((rank - 3/8) / (draws + 1/4)).
ChainDraws rank_normalised(const ChainDraws& chains);

/// Energy Bayesian fraction of missing information of one chain: below 0.3 momentum refreshing limits the
/// sampler.
double e_bfmi(std::span<const double> energies);

/// Quantile by linear interpolation of the order statistics (R type 7); `sorted` ascending, not empty, p in
/// [0, 1].
double quantile_of_sorted(std::span<const double> sorted, double p);

/// The same quantiles of numbers in any order, which it reorders; `levels` ascending, `quantiles` as many.
void select_quantiles(std::span<double> values, std::span<const double> levels, std::span<double> quantiles);

/// Quantile of the standard normal, relative error below 1e-15 (Wichura 1988, AS 241); p in (0, 1).
double normal_quantile(double p);

}  // namespace qdose
