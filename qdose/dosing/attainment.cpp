#include "qdose/dosing/attainment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <numeric>

#include "qdose/base/expects.hpp"

namespace qdose {
namespace {

constexpr double rounding = 1e-9;  ///< of sums over many subjects

long grid_steps(double grid, double largest) {
  return static_cast<long>(std::floor(largest / grid * (1 + 1e-12)));
}

/// Smallest multiple of the grid for which `reached` holds, where it holds from some dose on: about 400
/// multiples are tried, then those before the first success.
std::optional<double> first_on_grid(double grid, double largest, const std::function<bool(double)>& reached) {
  const long steps = grid_steps(grid, largest), stride = std::max(1L, steps / 400);
  long high = 0;
  while (high < steps && !reached(grid_dose(high, grid))) high = std::min(high + stride, steps);
  if (!reached(grid_dose(high, grid))) return std::nullopt;
  long low = std::max(-1L, high - stride);
  while (high - low > 1) {
    const long middle = (low + high) / 2;
    (reached(grid_dose(middle, grid)) ? high : low) = middle;
  }
  return grid_dose(high, grid);
}

}  // namespace

double grid_dose(long step, double grid) {
  return std::strtod(fmt::format("{:.12g}", static_cast<double>(step) * grid).c_str(), nullptr);
}

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

Attainment::Attainment(std::vector<ReplicateAttainment> replicates, std::vector<double> weights)
    : replicates_(std::move(replicates)), weights_(std::move(weights)) {
  if (weights_.empty()) weights_.assign(replicates_.size(), 1);
  expects(weights_.size() == replicates_.size() && !replicates_.empty(), "one weight a replicate");
  const double total = std::accumulate(weights_.begin(), weights_.end(), 0.0);
  for (double& w : weights_) w /= total;
  for (std::size_t r = 0; r < replicates_.size(); ++r) {
    at_zero_ += weights_[r] * replicates_[r].share_at_zero();
    const double step = weights_[r] / static_cast<double>(replicates_[r].subjects());
    for (const double dose : replicates_[r].on()) changes_.push_back({dose, step});
    for (const double dose : replicates_[r].off()) changes_.push_back({dose, -step});
  }
  std::ranges::sort(changes_, {}, &Change::dose);
}

Attainment Attainment::of(std::span<const std::size_t> which) const {
  std::vector<ReplicateAttainment> replicates;
  std::vector<double> weights;
  for (const std::size_t r : which) replicates.push_back(replicates_[r]), weights.push_back(weights_[r]);
  return Attainment(std::move(replicates), std::move(weights));
}

double Attainment::raw_variance(const std::vector<double>& shares, double mean) const {
  double variance = 0, squares = 0;
  for (std::size_t r = 0; r < shares.size(); ++r) {
    variance += weights_[r] * (shares[r] - mean) * (shares[r] - mean);
    squares += weights_[r] * weights_[r];
  }
  return squares < 1 ? variance / (1 - squares) : 0;
}

std::vector<double> Attainment::shares(double dose) const {
  std::vector<double> shares;
  double sampling = 0, mean = 0;
  for (std::size_t r = 0; r < replicates_.size(); ++r) {
    const double p = replicates_[r].at(dose), n = static_cast<double>(replicates_[r].subjects());
    shares.push_back(p);
    mean += weights_[r] * p;
    sampling += weights_[r] * p * (1 - p) / std::max(n - 1, 1.0);
  }
  const double variance = raw_variance(shares, mean);
  const double kept = variance > sampling ? std::sqrt(1 - sampling / variance) : 0;
  for (double& p : shares) p = std::clamp(mean + kept * (p - mean), 0.0, 1.0);
  return shares;
}

/// Linear between the middles of the weights, in the order of the values.
double Attainment::weighted_quantile(const std::vector<double>& values, double share) const {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::sort(order, {}, [&](std::size_t r) { return values[r]; });
  double before = 0, last_place = 0, last = values[order.front()];
  const double first_weight = weights_[order.front()], last_weight = weights_[order.back()];
  const double goal = 0.5 * first_weight + share * (1 - 0.5 * (first_weight + last_weight));
  for (const std::size_t r : order) {
    const double place = before + 0.5 * weights_[r];
    if (place >= goal * (1 - 1e-12))
      return place > last_place && before > 0
                 ? last + (goal - last_place) / (place - last_place) * (values[r] - last)
                 : values[r];
    before += weights_[r], last_place = place, last = values[r];
  }
  return last;
}

double Attainment::mean(double dose) const {
  double mean = 0;
  for (std::size_t r = 0; r < replicates_.size(); ++r) mean += weights_[r] * replicates_[r].at(dose);
  return mean;
}

AttainmentPoint Attainment::at(double dose) const {
  const std::vector<double> values = shares(dose);
  return {dose, mean(dose), weighted_quantile(values, 0.05), weighted_quantile(values, 0.95)};
}

double Attainment::monte_carlo_error(double dose) const {
  std::vector<double> raw;
  double squares = 0;
  for (std::size_t r = 0; r < replicates_.size(); ++r) {
    raw.push_back(replicates_[r].at(dose));
    squares += weights_[r] * weights_[r];
  }
  return std::sqrt(raw_variance(raw, mean(dose)) * squares);
}

double Attainment::probability_met(double dose, double target) const {
  const std::vector<double> values = shares(dose);
  double met = 0;
  for (std::size_t r = 0; r < values.size(); ++r) met += values[r] >= target ? weights_[r] : 0;
  return met;
}

std::optional<double> Attainment::smallest_on_grid(double target, double grid, double largest) const {
  if (at_zero_ >= target - rounding) return 0.0;
  double share = at_zero_;
  for (std::size_t k = 0; k < changes_.size(); ++k) {
    share += changes_[k].step;
    if (share < target - rounding) continue;
    // The share holds from this change up to the next one: does a multiple lie between?
    const double until = k + 1 < changes_.size() ? changes_[k + 1].dose : INFINITY;
    const double dose = grid_dose(static_cast<long>(std::ceil(changes_[k].dose / grid * (1 - 1e-12))), grid);
    if (dose > largest * (1 + 1e-12)) return std::nullopt;
    if (dose < until) return dose;
  }
  return std::nullopt;
}

std::optional<double> Attainment::largest_on_grid(double share, double grid, double largest) const {
  const long steps = grid_steps(grid, largest);
  if (mean(grid_dose(steps, grid)) >= share - rounding) return grid_dose(steps, grid);
  const auto lost = first_on_grid(grid, largest, [&](double dose) { return mean(dose) < share - rounding; });
  if (!lost || *lost <= 0) return std::nullopt;
  return grid_dose(std::lround(*lost / grid) - 1, grid);
}

std::optional<double> Attainment::assured_on_grid(double target, double probability, double grid,
                                                  double largest) const {
  return first_on_grid(grid, largest,
                       [&](double dose) { return probability_met(dose, target) >= probability - rounding; });
}

std::optional<double> Attainment::crossing(double target, double largest) const {
  if (at_zero_ >= target - rounding) return 0.0;
  double share = at_zero_;
  for (const Change& change : changes_) {
    if (change.dose > largest) break;
    share += change.step;
    if (share >= target - rounding) return change.dose;
  }
  return std::nullopt;
}

std::optional<double> Attainment::quantile_crossing(double quantile, double target, double grid,
                                                    double largest) const {
  const auto reached = [&](double dose) {
    return weighted_quantile(shares(dose), quantile) >= target - rounding;
  };
  const auto on_grid = first_on_grid(grid, largest, reached);
  if (!on_grid || *on_grid == 0) return on_grid;
  double high = *on_grid, low = std::max(0.0, high - grid);
  while (high - low > 1e-4 * grid) {
    const double middle = 0.5 * (low + high);
    (reached(middle) ? high : low) = middle;
  }
  return high;
}

double Attainment::best_dose(double largest) const {
  double share = at_zero_, best = at_zero_, dose = 0;
  for (const Change& change : changes_) {
    if (change.dose > largest) break;
    share += change.step;
    if (share > best + rounding) best = share, dose = change.dose;
  }
  return dose;
}

}  // namespace qdose
