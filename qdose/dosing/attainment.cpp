#include "qdose/dosing/attainment.hpp"

#include <algorithm>
#include <cmath>

namespace qdose {

namespace {

double share(const std::vector<double>& ascending, double dose) {
  const auto end = std::upper_bound(ascending.begin(), ascending.end(), dose * (1 + 1e-9));
  return static_cast<double>(end - ascending.begin()) / static_cast<double>(ascending.size());
}

std::optional<double> finite(double x) { return std::isfinite(x) ? std::optional(x) : std::nullopt; }

}  // namespace

double quantile_of_sorted(const std::vector<double>& ascending, double q) {
  const double n = static_cast<double>(ascending.size());
  const auto rank = static_cast<std::size_t>(std::clamp(std::ceil(q * n - 1e-9) - 1.0, 0.0, n - 1.0));
  return ascending[rank];
}

AttainmentPoint attainment_at(const NeededDoses& needed, double dose) {
  std::vector<double> shares;
  double sum = 0;
  for (const auto& replicate : needed) sum += shares.emplace_back(share(replicate, dose));
  std::sort(shares.begin(), shares.end());
  return {dose, sum / static_cast<double>(shares.size()), quantile_of_sorted(shares, 0.05),
          quantile_of_sorted(shares, 0.95)};
}

double probability_target_met(const NeededDoses& needed, double dose, double target) {
  const auto met = std::count_if(needed.begin(), needed.end(), [&](const auto& replicate) {
    return share(replicate, dose) >= target - 1e-12;
  });
  return static_cast<double>(met) / static_cast<double>(needed.size());
}

Crossing crossing(const NeededDoses& needed, double target) {
  std::vector<double> all, own;
  for (const auto& replicate : needed) {
    all.insert(all.end(), replicate.begin(), replicate.end());
    own.push_back(quantile_of_sorted(replicate, target));
  }
  std::sort(all.begin(), all.end());
  std::sort(own.begin(), own.end());
  return {finite(quantile_of_sorted(all, target)), finite(quantile_of_sorted(own, 0.05)),
          finite(quantile_of_sorted(own, 0.95))};
}

}  // namespace qdose
