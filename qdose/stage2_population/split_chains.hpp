// Chains cut in halves, and what R-hat and ESS are made of.
#pragma once
#include <Eigen/Core>
#include <vector>

namespace qdose {

/// Draws of one quantity [draw, half chain]: first and second half of each chain next to each other; the
/// middle draw of an odd number is left out.
using SplitChains = Eigen::MatrixXd;
SplitChains halves(const std::vector<std::vector<double>>& chains);

/// Within-chain variance W, the pooled estimate var+, and the deviations from each half's mean.
struct Spread {
  double within = 0, pooled = 0;
  bool constant = false;  ///< all draws are equal
  Eigen::MatrixXd centred;
};
Spread spread_of(const SplitChains& split);

/// Split R-hat: 1 of a constant, infinite when only the chains differ.
double r_hat_of(const Spread& spread);

/// n / tau with tau from Geyer's initial monotone positive sequence; at most n log10 n (anti-correlated
/// draws); n of a constant.
double ess_of(const Spread& spread);

}  // namespace qdose
