#include "qdose/stage2_population/diagnostics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace qdose {
namespace {

/// Autoregressive chains from a congruential generator that any language can repeat exactly.
ChainDraws autoregressive(std::size_t chains, std::size_t draws, double phi, double shift_of_last) {
  ChainDraws result(chains);
  for (std::size_t c = 0; c < chains; ++c) {
    std::uint64_t state = 12345 + 1000 * c;
    double x = 0;
    for (std::size_t t = 0; t < draws; ++t) {
      state = 16807 * state % 2147483647;
      x = phi * x + (static_cast<double>(state) / 2147483647.0 - 0.5);
      result[c].push_back(x + (c + 1 == chains ? shift_of_last : 0.0));
    }
  }
  return result;
}

struct Expected {
  std::size_t chains, draws;
  double phi, shift;
  double r_hat, bulk, tail, mean, mcse, split_r_hat, e_bfmi;
};

// ArviZ 0.23.4: rhat(rank), ess(bulk, tail, mean), mcse(mean), rhat(split), bfmi of the first chain.
constexpr Expected arviz[] = {
    {4, 250, 0.7, 0.0, 0.9992227536294847, 191.61472774563353, 387.95074970641537, 192.44641058769622,
     0.029111819863720193, 0.9987398113919834, 0.6652083095028103},
    {4, 101, 0.9, 0.8, 1.4669881136876342, 9.096150670505397, 28.006698236201267, 8.44620910360875,
     0.25726906936280014, 1.5175015071036133, 0.24247028813819377},
    {2, 400, -0.5, 0.0, 1.0005309635668713, 2322.471989593555, 817.3951773174571, 2322.471989593555,
     0.0071649462193630374, 0.9977613123673453, 3.051170939147648}};

TEST(Diagnostics, AgreeWithArviz) {
  for (const Expected& e : arviz) {
    const ChainDraws chains = autoregressive(e.chains, e.draws, e.phi, e.shift);
    const Convergence c = convergence(chains);
    EXPECT_NEAR(c.r_hat, e.r_hat, 1e-6);
    EXPECT_NEAR(c.ess_bulk / e.bulk, 1, 1e-6);
    EXPECT_NEAR(c.ess_tail / e.tail, 1, 1e-6);
    EXPECT_NEAR(c.ess_mean / e.mean, 1, 1e-6);
    EXPECT_NEAR(c.mcse_mean / e.mcse, 1, 1e-6);
    EXPECT_NEAR(split_r_hat(chains), e.split_r_hat, 1e-9);
    EXPECT_NEAR(e_bfmi(chains[0]) / e.e_bfmi, 1, 0.02);  // ArviZ divides both sums by their own counts
  }
}

/// The definitions of the paper without any shortcut: ranks by counting, all autocovariances at once.
double plain_ess(const ChainDraws& chains) {
  ChainDraws split;
  for (const auto& chain : chains) {
    const std::size_t half = chain.size() / 2;
    split.push_back({chain.begin(), chain.begin() + static_cast<long>(half)});
    split.push_back({chain.end() - static_cast<long>(half), chain.end()});
  }
  const std::size_t n = split[0].size(), m = split.size();
  std::vector<std::vector<double>> covariance(m, std::vector<double>(n));
  std::vector<double> mean(m);
  double within = 0, grand = 0, between = 0;
  for (std::size_t c = 0; c < m; ++c) {
    for (double x : split[c]) mean[c] += x / static_cast<double>(n);
    for (std::size_t lag = 0; lag < n; ++lag)
      for (std::size_t i = 0; i + lag < n; ++i)
        covariance[c][lag] +=
            (split[c][i] - mean[c]) * (split[c][i + lag] - mean[c]) / static_cast<double>(n);
    within += covariance[c][0] * static_cast<double>(n) / static_cast<double>(n - 1) / static_cast<double>(m);
    grand += mean[c] / static_cast<double>(m);
  }
  for (double v : mean) between += (v - grand) * (v - grand) / static_cast<double>(m - 1);
  const double pooled = within * static_cast<double>(n - 1) / static_cast<double>(n) + between;
  std::vector<double> rho(n, 1.0);
  for (std::size_t lag = 1; lag < n; ++lag) {
    double average = 0;
    for (std::size_t c = 0; c < m; ++c) average += covariance[c][lag] / static_cast<double>(m);
    rho[lag] = 1 - (within - average) / pooled;
  }
  std::vector<double> pairs;
  std::size_t stop = 0;
  for (; stop + 5 < n && rho[stop] + rho[stop + 1] > 0; stop += 2) pairs.push_back(rho[stop] + rho[stop + 1]);
  for (std::size_t k = 1; k < pairs.size(); ++k) pairs[k] = std::min(pairs[k], pairs[k - 1]);
  double tau = -1 + std::max(rho[stop], 0.0);
  for (double p : pairs) tau += 2 * p;
  const double total = static_cast<double>(m * n);
  return total / std::max(tau, 1 / std::log10(total));
}

TEST(Diagnostics, EssEqualsThePlainDefinition) {
  for (double phi : {-0.8, -0.2, 0.0, 0.5, 0.95})
    for (std::size_t draws : {20, 73, 300, 1001}) {
      const ChainDraws chains = autoregressive(3, draws, phi, 0.1);
      EXPECT_NEAR(effective_sample_size(chains) / plain_ess(chains), 1, 1e-10) << phi << " " << draws;
    }
}

/// The bulk and the folded R-hat, each from ranks of its own.
TEST(Diagnostics, RHatEqualsThatOfRanksAndOfRanksOfDistances) {
  for (std::size_t draws : {101, 400}) {
    ChainDraws chains = autoregressive(4, draws, 0.8, 0.2);
    for (double& x : chains[1]) x *= 1.5;
    for (std::size_t i = 1; i < draws; i += 3) chains[0][i] = chains[0][i - 1];  // refused proposals
    std::vector<double> all;
    ChainDraws split, distance;
    for (const auto& chain : chains)
      for (std::size_t first : {std::size_t{0}, draws - draws / 2}) {
        const auto begin = chain.begin() + static_cast<long>(first);
        split.emplace_back(begin, begin + static_cast<long>(draws / 2));
        all.insert(all.end(), split.back().begin(), split.back().end());
      }
    std::sort(all.begin(), all.end());
    const double median = quantile_of_sorted(all, 0.5);
    const auto plain_r_hat = [](const ChainDraws& scores) {  // each is half of a chain already
      const double m = static_cast<double>(scores.size()), n = static_cast<double>(scores[0].size());
      std::vector<double> mean(scores.size());
      double within = 0, grand = 0, between = 0;
      for (std::size_t c = 0; c < scores.size(); ++c) {
        for (double x : scores[c]) mean[c] += x / n;
        for (double x : scores[c]) within += (x - mean[c]) * (x - mean[c]) / ((n - 1) * m);
        grand += mean[c] / m;
      }
      for (double x : mean) between += (x - grand) * (x - grand) / (m - 1);
      return std::sqrt((within * (n - 1) / n + between) / within);
    };
    for (const auto& half : split) {
      distance.emplace_back();
      for (double x : half) distance.back().push_back(std::abs(x - median));
    }
    const double expected =
        std::max(plain_r_hat(rank_normalised(split)), plain_r_hat(rank_normalised(distance)));
    EXPECT_NEAR(convergence(chains).r_hat, expected, 1e-12) << draws;
  }
}

TEST(Diagnostics, RanksByCountingGiveTheSameScores) {
  ChainDraws chains = autoregressive(2, 40, 0.5, 0);
  chains[1][7] = chains[0][3];  // a tie
  const ChainDraws scores = rank_normalised(chains);
  for (std::size_t c = 0; c < 2; ++c)
    for (std::size_t i = 0; i < 40; ++i) {
      double below = 0, equal = 0;
      for (const auto& chain : chains)
        for (double x : chain) {
          below += x < chains[c][i];
          equal += x == chains[c][i];
        }
      EXPECT_NEAR(scores[c][i], normal_quantile((below + 0.5 * (equal + 1) - 0.375) / 80.25), 1e-12);
    }
}

TEST(Diagnostics, SeeWhatEachIsMeantToSee) {
  ChainDraws shifted = autoregressive(4, 400, 0.0, 0.0);
  for (double& x : shifted[3]) x += 1.0;
  EXPECT_GT(convergence(shifted).r_hat, 1.1);
  ChainDraws stretched = autoregressive(4, 400, 0.0, 0.0);  // same means, other spread: only folding sees it
  for (double& x : stretched[3]) x *= 4.0;
  EXPECT_LT(split_r_hat(rank_normalised(stretched)), 1.02);
  EXPECT_GT(convergence(stretched).r_hat, 1.05);
  ChainDraws trend = autoregressive(1, 400, 0.0, 0.0);
  for (std::size_t i = 0; i < 400; ++i) trend[0][i] += 0.005 * static_cast<double>(i);
  EXPECT_GT(convergence(trend).r_hat, 1.1);
}

TEST(Diagnostics, ConstantAndBrokenDraws) {
  const ChainDraws same(4, std::vector<double>(100, 2.5));
  EXPECT_EQ(convergence(same).r_hat, 1.0);
  EXPECT_EQ(convergence(same).ess_bulk, 400.0);
  ChainDraws stuck = same;
  for (double& x : stuck[2]) x = 3.0;
  EXPECT_GT(convergence(stuck).r_hat, 100);
  ChainDraws broken = autoregressive(2, 50, 0, 0);
  broken[1][9] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(std::isnan(convergence(broken).r_hat));
}

TEST(Diagnostics, NormalQuantileInvertsTheDistribution) {
  for (double p : {1e-300, 1e-20, 1e-5, 0.02, 0.074, 0.0751, 0.3, 0.5, 0.8, 0.95, 1 - 1e-9}) {
    const double z = normal_quantile(p);
    EXPECT_NEAR(0.5 * std::erfc(-z / std::sqrt(2.0)) / p, 1, 1e-11) << p;
  }
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-14);
}

TEST(Diagnostics, QuantilesInterpolateOrderStatistics) {
  const std::vector<double> x{1, 2, 4, 8};
  EXPECT_EQ(quantile_of_sorted(x, 0), 1);
  EXPECT_EQ(quantile_of_sorted(x, 1), 8);
  EXPECT_DOUBLE_EQ(quantile_of_sorted(x, 0.5), 3);
  EXPECT_DOUBLE_EQ(quantile_of_sorted(x, 0.9), 6.8);
}

TEST(Diagnostics, QuantilesOfUnsortedNumbersAreThoseOfSortedOnes) {
  constexpr double levels[] = {0, 0.05, 0.1, 0.5, 0.9, 0.95, 1};
  for (std::size_t size : {1, 2, 3, 7, 120}) {
    std::vector<double> x = autoregressive(1, size, 0.3, 0)[0], sorted = x;
    if (size > 5) x[4] = sorted[4] = x[2];
    std::sort(sorted.begin(), sorted.end());
    double quantiles[7];
    select_quantiles(x, levels, quantiles);
    for (std::size_t q = 0; q < 7; ++q)
      EXPECT_EQ(quantiles[q], quantile_of_sorted(sorted, levels[q])) << size;
  }
}

}  // namespace
}  // namespace qdose
