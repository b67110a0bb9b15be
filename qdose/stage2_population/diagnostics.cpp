#include "qdose/stage2_population/diagnostics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>

#include "qdose/base/expects.hpp"

namespace qdose {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double count(const ChainDraws& chains) { return static_cast<double>(chains.size() * chains.front().size()); }

double mean_of(const std::vector<double>& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

bool all_finite(const ChainDraws& chains) {
  for (const auto& chain : chains)
    for (double x : chain)
      if (!std::isfinite(x)) return false;
  return true;
}

bool constant(const ChainDraws& chains) {
  for (const auto& chain : chains)
    for (double x : chain)
      if (x != chains.front().front()) return false;
  return true;
}

std::vector<double> pooled(const ChainDraws& chains) {
  std::vector<double> all;
  for (const auto& chain : chains) all.insert(all.end(), chain.begin(), chain.end());
  return all;
}

std::vector<double> sorted_pool(const ChainDraws& chains) {
  std::vector<double> all = pooled(chains);
  std::sort(all.begin(), all.end());
  return all;
}

/// First and second halves as chains of their own; the middle draw of an odd number is left out.
ChainDraws halves(const ChainDraws& chains) {
  ChainDraws result;
  for (const auto& chain : chains) {
    const auto half = static_cast<std::ptrdiff_t>(chain.size() / 2);
    result.emplace_back(chain.begin(), chain.begin() + half);
    result.emplace_back(chain.end() - half, chain.end());
  }
  return result;
}

/// Within-chain variance W and the pooled estimate var+ of split chains.
struct Variances {
  double within = 0, pooled = 0;
  std::vector<double> means;
};

Variances variances(const ChainDraws& chains) {
  const double m = static_cast<double>(chains.size()), n = static_cast<double>(chains.front().size());
  Variances v;
  for (const auto& chain : chains) {
    v.means.push_back(mean_of(chain));
    for (double x : chain) v.within += (x - v.means.back()) * (x - v.means.back()) / ((n - 1) * m);
  }
  const double grand = mean_of(v.means);
  double between = 0;
  for (double mean : v.means) between += (mean - grand) * (mean - grand) / (m - 1);
  v.pooled = v.within * (n - 1) / n + between;
  return v;
}

/// Autocorrelation at `lag` of split chains combined: 1 - (W - mean autocovariance) / var+.
double combined_autocorrelation(const ChainDraws& chains, const Variances& v, std::size_t lag) {
  const double m = static_cast<double>(chains.size()), n = static_cast<double>(chains.front().size());
  double covariance = 0;
  for (std::size_t c = 0; c < chains.size(); ++c)
    for (std::size_t i = 0; i + lag < chains[c].size(); ++i)
      covariance += (chains[c][i] - v.means[c]) * (chains[c][i + lag] - v.means[c]) / (n * m);
  return 1.0 - (v.within - covariance) / v.pooled;
}

double r_hat_of_split(const ChainDraws& split) {
  if (constant(split)) return 1.0;
  const Variances v = variances(split);
  return v.within > 0 ? std::sqrt(v.pooled / v.within) : std::numeric_limits<double>::infinity();
}

/// n / tau with tau from Geyer's initial monotone positive sequence; at most n log10 n (anti-correlated
/// draws).
double ess_of_split(const ChainDraws& split) {
  const double total = count(split);
  if (constant(split)) return total;
  const Variances v = variances(split);
  const std::size_t n = split.front().size();
  double pair_sum = 0, previous = std::numeric_limits<double>::infinity(), even = 1.0;
  double odd = combined_autocorrelation(split, v, 1);
  std::size_t lag = 0;
  while (lag + 5 < n && even + odd > 0) {
    previous = std::min(previous, even + odd);
    pair_sum += previous;
    lag += 2;
    even = combined_autocorrelation(split, v, lag);
    odd = combined_autocorrelation(split, v, lag + 1);
  }
  const double tau = std::max(-1.0 + 2.0 * pair_sum + std::max(even, 0.0), 1.0 / std::log10(total));
  return total / tau;
}

ChainDraws mapped(ChainDraws chains, auto&& f) {
  for (auto& chain : chains)
    for (double& x : chain) x = f(x);
  return chains;
}

}  // namespace

double effective_sample_size(const ChainDraws& chains) { return ess_of_split(halves(chains)); }

double split_r_hat(const ChainDraws& chains) { return r_hat_of_split(halves(chains)); }

ChainDraws rank_normalised(const ChainDraws& chains) {
  const std::vector<double> all = pooled(chains);
  std::vector<std::size_t> order(all.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return all[a] < all[b]; });
  ChainDraws scores(chains.size(), std::vector<double>(chains.front().size()));
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i + 1;
    while (end < order.size() && all[order[end]] == all[order[i]]) ++end;
    const double rank = 0.5 * static_cast<double>(i + 1 + end);  // average rank of ties, from 1
    const double z = normal_quantile((rank - 0.375) / (static_cast<double>(all.size()) + 0.25));
    for (; i < end; ++i) scores[order[i] / chains.front().size()][order[i] % chains.front().size()] = z;
  }
  return scores;
}

Convergence convergence(const ChainDraws& chains) {
  expects(!chains.empty() && chains.front().size() >= 4, "chains of at least 4 draws");
  if (!all_finite(chains)) return {nan, nan, nan, nan, nan};
  Convergence result;
  if (constant(chains)) return {1.0, count(chains), count(chains), count(chains), 0.0};
  const ChainDraws split = halves(chains), scores = rank_normalised(split);
  const double median = quantile_of_sorted(sorted_pool(split), 0.5);
  const ChainDraws folded = rank_normalised(mapped(split, [&](double x) { return std::abs(x - median); }));
  result.r_hat = std::max(r_hat_of_split(scores), r_hat_of_split(folded));
  result.ess_bulk = ess_of_split(scores);
  const std::vector<double> all = sorted_pool(chains);
  const auto ess_of_quantile = [&](double p) {
    const double q = quantile_of_sorted(all, p);
    return ess_of_split(mapped(split, [&](double x) { return x <= q ? 1.0 : 0.0; }));
  };
  result.ess_tail = std::min(ess_of_quantile(0.05), ess_of_quantile(0.95));
  result.ess_mean = ess_of_split(split);
  const double mean = mean_of(all);
  double squares = 0;
  for (double x : all) squares += (x - mean) * (x - mean);
  result.mcse_mean = std::sqrt(squares / static_cast<double>(all.size() - 1) / result.ess_mean);
  return result;
}

double e_bfmi(std::span<const double> energies) {
  const double mean =
      std::accumulate(energies.begin(), energies.end(), 0.0) / static_cast<double>(energies.size());
  double jumps = 0, spread = 0;
  for (std::size_t i = 0; i < energies.size(); ++i) {
    spread += (energies[i] - mean) * (energies[i] - mean);
    if (i > 0) jumps += (energies[i] - energies[i - 1]) * (energies[i] - energies[i - 1]);
  }
  return jumps / spread;
}

double quantile_of_sorted(std::span<const double> sorted, double p) {
  expects(!sorted.empty(), "a quantile of something");
  const double place = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace qdose
