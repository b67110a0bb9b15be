#include "qdose/dosing/attainment.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace qdose {
namespace {

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Quantile with linear interpolation between the ordered values.
double quantile(const std::vector<double>& ascending, double share) {
  const double place = share * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, ascending.size() - 1);
  return ascending[below] + (place - static_cast<double>(below)) * (ascending[above] - ascending[below]);
}

long grid_steps(double grid, double largest) {
  return static_cast<long>(std::floor(largest / grid * (1 + 1e-12)));
}

}  // namespace

ReplicateAttainment::ReplicateAttainment(std::span<const AttainedDoses> subjects)
    : subjects_(subjects.size()) {
  for (const AttainedDoses& subject : subjects) {
    at_zero_ += subject.at_zero;
    for (std::size_t s = 0; s < subject.count; ++s)
      (subject.at_zero == (s % 2 == 0) ? off_ : on_).push_back(subject.switches[s]);
  }
  std::ranges::sort(on_);
  std::ranges::sort(off_);
}

double ReplicateAttainment::at(double dose) const {
  const auto on = std::ranges::upper_bound(on_, dose) - on_.begin();
  const auto off = std::ranges::upper_bound(off_, dose) - off_.begin();
  return (static_cast<double>(at_zero_) + static_cast<double>(on - off)) / static_cast<double>(subjects_);
}

std::vector<double> Attainment::shares(double dose) const {
  std::vector<double> shares;
  double sampling = 0;
  for (const ReplicateAttainment& replicate : replicates_) {
    const double p = replicate.at(dose), n = static_cast<double>(replicate.subjects());
    shares.push_back(p);
    sampling += p * (1 - p) / std::max(n - 1, 1.0) / static_cast<double>(replicates_.size());
  }
  const double mean = mean_of(shares);
  double variance = 0;
  for (const double p : shares)
    variance += (p - mean) * (p - mean) / std::max(static_cast<double>(shares.size()) - 1, 1.0);
  const double kept = variance > sampling ? std::sqrt(1 - sampling / variance) : 0;
  for (double& p : shares) p = mean + kept * (p - mean);
  return shares;
}

AttainmentPoint Attainment::at(double dose) const {
  std::vector<double> ascending = shares(dose);
  const double mean = mean_of(ascending);
  std::ranges::sort(ascending);
  return {dose, mean, std::max(0.0, quantile(ascending, 0.05)), std::min(1.0, quantile(ascending, 0.95))};
}

double Attainment::probability_met(double dose, double target) const {
  const std::vector<double> values = shares(dose);
  const auto met = std::ranges::count_if(values, [target](double p) { return p >= target; });
  return static_cast<double>(met) / static_cast<double>(values.size());
}

std::optional<double> Attainment::smallest_on_grid(double target, double grid, double largest) const {
  for (long step = 0; step <= grid_steps(grid, largest); ++step)
    if (at(static_cast<double>(step) * grid).mean >= target) return static_cast<double>(step) * grid;
  return std::nullopt;
}

std::optional<double> Attainment::crossing(Line line, double target, double grid, double largest) const {
  const auto reached = [&](double dose) {
    const AttainmentPoint point = at(dose);
    return (line == Line::mean ? point.mean : line == Line::q95 ? point.q95 : point.q5) >= target;
  };
  for (long step = 0; step <= grid_steps(grid, largest); ++step) {
    double high = static_cast<double>(step) * grid;
    if (!reached(high)) continue;
    if (step == 0) return 0.0;
    double low = high - grid;
    while (high - low > 1e-4 * grid) {
      const double middle = 0.5 * (low + high);
      (reached(middle) ? high : low) = middle;
    }
    return high;
  }
  return std::nullopt;
}

}  // namespace qdose
