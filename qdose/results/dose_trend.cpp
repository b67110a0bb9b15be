#include "qdose/results/dose_trend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

namespace qdose {
namespace {

struct Pair {
  double log_dose = 0, eta = 0;
};

std::map<std::string, double> dose_levels(const Fit& fit) {
  std::map<std::string, double> levels;
  for (const auto* fits : {&fit.pk_fits, &fit.pd_fits})
    for (const IndividualFit& one : *fits) levels[one.id] = one.dose_level;
  return levels;
}

/// Of the treated people whose data inform parameter j.
std::vector<Pair> pairs_of(const Fit& fit, std::size_t j, const std::map<std::string, double>& levels) {
  constexpr double informed = 0.1;  // share of the population's variance that the data remove
  std::vector<Pair> pairs;
  for (const IndividualEstimate& person : fit.individuals) {
    const auto level = levels.find(person.id);
    if (level == levels.end() || !(level->second > 0) || j >= person.eta.size() ||
        j >= person.shrinkage.size())
      continue;
    if (person.shrinkage[j] > informed) pairs.push_back({std::log(level->second), person.eta[j]});
  }
  return pairs;
}

std::optional<DoseTrend> trend_of(const std::string& parameter, const std::vector<Pair>& pairs) {
  constexpr std::size_t fewest = 8;
  if (pairs.size() < fewest) return {};
  const double n = static_cast<double>(pairs.size());
  double mean_x = 0, mean_y = 0, xx = 0, yy = 0, xy = 0;
  for (const Pair& p : pairs) mean_x += p.log_dose / n, mean_y += p.eta / n;
  for (const Pair& p : pairs) {
    const double dx = p.log_dose - mean_x, dy = p.eta - mean_y;
    xx += dx * dx, yy += dy * dy, xy += dx * dy;
  }
  const auto [low, high] = std::ranges::minmax(pairs, {}, &Pair::log_dose);
  if (high.log_dose - low.log_dose < 1e-9 || !(yy > 0)) return {};
  const double r2 = std::min(xy * xy / (xx * yy), 1 - 1e-12);
  return DoseTrend{parameter, std::copysign(std::sqrt((n - 2) * r2 / (1 - r2)), xy), std::exp(low.log_dose),
                   std::exp(high.log_dose), std::exp(xy / xx * (high.log_dose - low.log_dose))};
}

}  // namespace

std::vector<DoseTrend> dose_trends(const Fit& fit) {
  std::vector<DoseTrend> trends;
  const auto levels = dose_levels(fit);
  for (std::size_t j = 0; j < fit.model.parameters.size(); ++j) {
    const PopulationParameter& parameter = fit.model.parameters[j];
    if (parameter.fixed || !parameter.varies) continue;
    if (auto trend = trend_of(parameter.name, pairs_of(fit, j, levels))) trends.push_back(std::move(*trend));
  }
  return trends;
}

std::vector<std::string> telling_dose_trends(const Fit& fit) {
  constexpr double no_chance = 4, material = 1.2;
  std::vector<std::string> words;
  for (const DoseTrend& trend : dose_trends(fit))
    if (std::abs(trend.t) > no_chance && std::max(trend.change, 1 / trend.change) > material)
      words.push_back(
          fmt::format("{} follows the dose: from {:g} to {:g} it changes {:.2g}-fold (t {:.1f}). {} + {} "
                      "does not hold over these "
                      "doses (saturable elimination or binding, another steepness of the effect?), and "
                      "answers at other doses are doubtful",
                      trend.parameter, trend.lowest_dose, trend.highest_dose, trend.change, trend.t,
                      fit.pk_class, fit.pd_class));
  return words;
}

}  // namespace qdose
