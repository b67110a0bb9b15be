// The share of a population that attains the endpoint as a function of the dose, and how sure that share is.
#pragma once
#include <optional>
#include <span>
#include <vector>

#include "qdose/dosing/required_dose.hpp"
#include "qdose/results/doses.hpp"

namespace qdose {

/// Attainment of the subjects of one replicate at any dose.
class ReplicateAttainment {
 public:
  explicit ReplicateAttainment(std::span<const AttainedDoses> subjects);
  /// Share of the subjects who attain the endpoint at this dose.
  double at(double dose) const;
  std::size_t subjects() const { return subjects_; }
  double share_at_zero() const { return static_cast<double>(at_zero_) / static_cast<double>(subjects_); }
  const std::vector<double>& on() const { return on_; }
  const std::vector<double>& off() const { return off_; }

 private:
  std::size_t subjects_ = 0, at_zero_ = 0;
  std::vector<double> on_, off_;  ///< doses at which a subject begins and ceases to attain, ascending
};

/// A multiple of the grid, without the last digits that multiplying leaves (0.30000000000000004).
double grid_dose(long step, double grid);

/// Attainment over all replicates: its mean is the population's share, its spread the uncertainty of the
/// parameters. Every replicate has its own finite set of virtual subjects, which alone spreads the shares by
/// p (1 - p) / n; shares are drawn towards their mean until that part of the variance is gone, before
/// quantiles are taken. Replicates may have weights (of the models that they come from).
class Attainment {
 public:
  explicit Attainment(std::vector<ReplicateAttainment> replicates, std::vector<double> weights = {});

  AttainmentPoint at(double dose) const;
  double mean(double dose) const;  ///< of at(dose), exact and quick
  std::size_t replicates() const { return replicates_.size(); }
  /// That of some replicates alone, at least one.
  Attainment of(std::span<const std::size_t> which) const;

  /// Standard error of the mean at this dose that is due to the finite number of replicates and of subjects.
  double monte_carlo_error(double dose) const;

  /// Share of the replicates in which at least `target` of the population attains.
  double probability_met(double dose, double target) const;

  /// Smallest multiple of `grid` from 0 to `largest` whose mean attainment reaches the target; nothing when
  /// none does. Exact whatever the number of multiples.
  std::optional<double> smallest_on_grid(double target, double grid, double largest) const;
  /// Largest multiple of the grid whose mean reaches the share; nothing when none does.
  std::optional<double> largest_on_grid(double share, double grid, double largest) const;
  /// Smallest multiple at which the target is met with this probability.
  std::optional<double> assured_on_grid(double target, double probability, double grid, double largest) const;

  /// Smallest dose at which the mean reaches the target, off the grid.
  std::optional<double> crossing(double target, double largest) const;
  /// The dose, to 1e-4 of a grid step, at which this quantile of the attainment first reaches the target.
  std::optional<double> quantile_crossing(double quantile, double target, double grid, double largest) const;

  /// The dose up to `largest` with the highest mean (the smallest of several).
  double best_dose(double largest) const;

 private:
  struct Change {
    double dose, step;  ///< the mean rises by `step` at `dose`
  };
  std::vector<double> shares(double dose) const;  ///< by replicate, sampling noise taken out
  double raw_variance(const std::vector<double>& shares, double mean) const;
  double weighted_quantile(const std::vector<double>& values, double share) const;

  std::vector<ReplicateAttainment> replicates_;
  std::vector<double> weights_;  ///< sum 1
  double at_zero_ = 0;
  std::vector<Change> changes_;  ///< of the mean, by dose
};

}  // namespace qdose
