#include "qdose/stage2_population/diagnostics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>

#include "qdose/base/expects.hpp"
#include "qdose/stage2_population/placed.hpp"
#include "qdose/stage2_population/split_chains.hpp"

namespace qdose {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double mean_of(std::span<const double> x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

bool all_finite(const ChainDraws& chains) {
  for (const auto& chain : chains)
    for (double x : chain)
      if (!std::isfinite(x)) return false;
  return true;
}

std::span<const double> as_span(const SplitChains& split) {
  return {split.data(), static_cast<std::size_t>(split.size())};
}

/// Normal scores of the average ranks 1, 1.5, 2, ... of `draws` draws. Kept by each thread from one quantity
/// to the next, which has as many.
const std::vector<double>& scores_of_ranks(std::size_t draws) {
  thread_local std::size_t made_for = 0;
  thread_local std::vector<double> scores;
  if (made_for == draws) return scores;
  scores.clear();
  for (std::size_t twice = 2; twice <= 2 * draws; ++twice)
    scores.push_back(
        normal_quantile((0.5 * static_cast<double>(twice) - 0.375) / (static_cast<double>(draws) + 0.25)));
  made_for = draws;
  return scores;
}

/// Writes each number's score to its place; `sorted` ascending.
void write_scores(const std::vector<Placed>& sorted, double* scores) {
  const std::vector<double>& score = scores_of_ranks(sorted.size());
  for (std::size_t i = 0; i < sorted.size();) {
    std::size_t end = i + 1;
    while (end < sorted.size() && sorted[end].value == sorted[i].value) ++end;
    const double z = score[i + end - 1];  // the average rank of ties is half of (i + 1) + end
    for (; i < end; ++i) scores[sorted[i].place] = z;
  }
}

/// Distances from `centre`, ascending: those of the numbers below it and those above are sorted already.
std::vector<Placed> folded(const std::vector<Placed>& sorted, double centre) {
  std::size_t up = 0;
  while (up < sorted.size() && sorted[up].value < centre) ++up;
  std::size_t down = up;  // the numbers before it are still to come
  std::vector<Placed> result;
  result.reserve(sorted.size());
  while (down > 0 || up < sorted.size()) {
    const double below = down > 0 ? std::abs(sorted[down - 1].value - centre) : INFINITY;
    const double above = up < sorted.size() ? std::abs(sorted[up].value - centre) : INFINITY;
    result.push_back(below < above ? Placed{below, sorted[--down].place} : Placed{above, sorted[up++].place});
  }
  return result;
}

std::vector<double> values_of(const std::vector<Placed>& sorted) {
  std::vector<double> values(sorted.size());
  std::transform(sorted.begin(), sorted.end(), values.begin(), [](const Placed& p) { return p.value; });
  return values;
}

/// All draws, ascending; `split` holds all of them unless the middle ones were left out.
std::vector<double> sorted_pool(const ChainDraws& chains, const std::vector<Placed>& split) {
  if (chains.front().size() % 2 == 0) return values_of(split);
  std::vector<double> all;
  for (const auto& chain : chains) all.insert(all.end(), chain.begin(), chain.end());
  std::sort(all.begin(), all.end());
  return all;
}

/// ESS of the share of draws up to a quantile.
double ess_of_share(const SplitChains& split, double quantile) {
  return ess_of(spread_of((split.array() <= quantile).cast<double>()));
}

}  // namespace

double effective_sample_size(const ChainDraws& chains) { return ess_of(spread_of(halves(chains))); }

double split_r_hat(const ChainDraws& chains) { return r_hat_of(spread_of(halves(chains))); }

ChainDraws rank_normalised(const ChainDraws& chains) {
  const std::size_t draws = chains.front().size();
  std::vector<double> all, scores(chains.size() * draws);
  for (const auto& chain : chains) all.insert(all.end(), chain.begin(), chain.end());
  write_scores(sorted_with_places(all), scores.data());
  ChainDraws result;
  for (auto from = scores.begin(); from != scores.end(); from += static_cast<std::ptrdiff_t>(draws))
    result.emplace_back(from, from + static_cast<std::ptrdiff_t>(draws));
  return result;
}

Convergence convergence(const ChainDraws& chains) {
  expects(!chains.empty() && chains.front().size() >= 4, "chains of at least 4 draws");
  if (!all_finite(chains)) return {nan, nan, nan, nan, nan};
  const SplitChains split = halves(chains);
  const std::vector<Placed> sorted = sorted_with_places(as_span(split));
  const std::vector<double> all = sorted_pool(chains, sorted);
  const double total = static_cast<double>(all.size());
  if (all.front() == all.back()) return {1.0, total, total, total, 0.0};
  Convergence result;
  SplitChains scores(split.rows(), split.cols());
  write_scores(folded(sorted, quantile_of_sorted(values_of(sorted), 0.5)), scores.data());
  result.r_hat = r_hat_of(spread_of(scores));
  write_scores(sorted, scores.data());
  const Spread bulk = spread_of(scores);
  result.r_hat = std::max(r_hat_of(bulk), result.r_hat);
  result.ess_bulk = ess_of(bulk);
  result.ess_tail = std::min(ess_of_share(split, quantile_of_sorted(all, 0.05)),
                             ess_of_share(split, quantile_of_sorted(all, 0.95)));
  result.ess_mean = ess_of(spread_of(split));
  const double mean = mean_of(all);
  double squares = 0;
  for (double x : all) squares += (x - mean) * (x - mean);
  result.mcse_mean = std::sqrt(squares / (total - 1) / result.ess_mean);
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

void select_quantiles(std::span<double> values, std::span<const double> levels, std::span<double> quantiles) {
  expects(!values.empty(), "quantiles of something");
  auto first = values.begin();  // those before it are in their places or below
  for (std::size_t q = 0; q < levels.size(); ++q) {
    const double place = levels[q] * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(below);
    std::nth_element(first, at, values.end());
    const double above = below + 1 < values.size() ? *std::min_element(at + 1, values.end()) : *at;
    quantiles[q] = *at + (place - static_cast<double>(below)) * (above - *at);
    first = at;
  }
}

}  // namespace qdose
