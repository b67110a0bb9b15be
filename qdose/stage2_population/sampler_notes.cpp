#include "qdose/stage2_population/sampler_notes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace qdose {
namespace {

/// Mean of the ranks, as shares of all draws, that the divergent draws of a quantity have.
double mean_rank_of_divergent(const Fit& fit, const std::vector<std::vector<double>>& chains) {
  std::vector<double> all;
  for (const auto& chain : chains) all.insert(all.end(), chain.begin(), chain.end());
  std::sort(all.begin(), all.end());
  double sum = 0, count = 0;
  for (std::size_t c = 0; c < chains.size(); ++c)
    for (std::size_t k = 0; k < chains[c].size(); ++k) {
      if (fit.chain_info[c].divergent[k] == 0) continue;
      const auto below = std::lower_bound(all.begin(), all.end(), chains[c][k]) - all.begin();
      sum += (static_cast<double>(below) + 0.5) / static_cast<double>(all.size());
      count += 1;
    }
  return sum / count;
}

void note_depth(int max_depth, Fit& fit) {
  std::size_t cut = 0, all = 0;
  for (const ChainInfo& chain : fit.chain_info) {
    cut += static_cast<std::size_t>(std::ranges::count(chain.tree_depth, max_depth));
    all += chain.tree_depth.size();
  }
  if (cut > 0)
    fit.notes.push_back(fmt::format(
        "{} of {} trajectories were cut off at the largest tree depth, {}: chains move more slowly "
        "than they could",
        cut, all, max_depth));
}

void note_energy(Fit& fit) {
  constexpr double least = 0.3;
  for (std::size_t c = 0; c < fit.chain_info.size(); ++c)
    if (fit.chain_info[c].e_bfmi < least)
      fit.notes.push_back(
          fmt::format("E-BFMI of chain {} is {:.2f}, below {}: it goes through the energies too slowly for "
                      "its tails to be "
                      "trusted",
                      c + 1, fit.chain_info[c].e_bfmi, least));
}

}  // namespace

std::string where_divergent(const Fit& fit) {
  constexpr long fewest = 3;
  constexpr double clear = 4;
  if (fit.divergences < fewest) return "";
  const double se = 1 / std::sqrt(12.0 * static_cast<double>(fit.divergences));
  double most = clear;
  std::string words;
  for (std::size_t q = 0; q < fit.traces.size(); ++q) {
    const double away = (mean_rank_of_divergent(fit, fit.traces[q]) - 0.5) / se;
    if (!(std::abs(away) > most)) continue;
    most = std::abs(away);
    words = fmt::format("most where {} is {}", fit.trace_names[q], away < 0 ? "small" : "large");
  }
  return words;
}

void add_sampler_notes(int max_depth, Fit& fit) {
  if (!(fit.r_hat_max <= 1.01))
    fit.notes.push_back(fmt::format("not converged: R-hat {:.3f} of {}", fit.r_hat_max, fit.r_hat_worst));
  constexpr double fewest = 400;
  if (!(fit.ess_bulk_min >= fewest))
    fit.notes.push_back(fmt::format("few effective draws: {:.0f} of {}", fit.ess_bulk_min, fit.ess_worst));
  if (!(fit.ess_tail_min >= fewest))
    fit.notes.push_back(
        fmt::format("few effective draws in the tails: {:.0f} of {}", fit.ess_tail_min, fit.ess_tail_worst));
  if (fit.divergences > 0) {
    const std::string where = where_divergent(fit);
    fit.notes.push_back(
        fmt::format("{} divergent transitions{}{}", fit.divergences, where.empty() ? "" : ", ", where));
  }
  note_energy(fit);
  note_depth(max_depth, fit);
}

}  // namespace qdose
