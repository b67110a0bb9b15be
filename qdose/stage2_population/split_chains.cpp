#include "qdose/stage2_population/split_chains.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "qdose/stage2_population/autocovariances.hpp"

namespace qdose {

using Eigen::Index;

SplitChains halves(const std::vector<std::vector<double>>& chains) {
  const std::size_t half = chains.front().size() / 2;
  SplitChains split(static_cast<Index>(half), static_cast<Index>(2 * chains.size()));
  for (std::size_t c = 0; c < chains.size(); ++c) {
    const std::vector<double>& chain = chains[c];
    double* first = split.col(static_cast<Index>(2 * c)).data();
    std::copy_n(chain.begin(), half, first);
    std::copy_n(chain.end() - static_cast<std::ptrdiff_t>(half), half, first + half);
  }
  return split;
}

Spread spread_of(const SplitChains& split) {
  const double n = static_cast<double>(split.rows()), m = static_cast<double>(split.cols());
  const Eigen::RowVectorXd means = split.colwise().mean();
  Spread spread;
  spread.constant = (split.array() == split(0, 0)).all();
  spread.centred = split.rowwise() - means;
  spread.within = spread.centred.squaredNorm() / ((n - 1) * m);
  const double between = (means.array() - means.mean()).square().sum() / (m - 1);
  spread.pooled = spread.within * (n - 1) / n + between;
  return spread;
}

double r_hat_of(const Spread& spread) {
  if (spread.constant) return 1.0;
  return spread.within > 0 ? std::sqrt(spread.pooled / spread.within)
                           : std::numeric_limits<double>::infinity();
}

double ess_of(const Spread& spread) {
  const double total = static_cast<double>(spread.centred.size());
  if (spread.constant) return total;
  Autocovariances covariance(spread.centred);
  // 1 - (W - mean autocovariance) / var+
  const auto correlation = [&](Index lag) {
    return 1.0 - (spread.within - covariance(lag) / total) / spread.pooled;
  };
  double pair_sum = 0, previous = std::numeric_limits<double>::infinity(), even = 1.0, odd = correlation(1);
  Index lag = 0;
  while (lag + 5 < spread.centred.rows() && even + odd > 0) {
    previous = std::min(previous, even + odd);
    pair_sum += previous;
    lag += 2;
    even = correlation(lag);
    odd = correlation(lag + 1);
  }
  const double tau = std::max(-1.0 + 2.0 * pair_sum + std::max(even, 0.0), 1.0 / std::log10(total));
  return total / tau;
}

}  // namespace qdose
