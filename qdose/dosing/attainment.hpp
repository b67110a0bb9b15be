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

 private:
  std::size_t subjects_ = 0, at_zero_ = 0;
  std::vector<double> on_, off_;  ///< doses at which a subject begins and ceases to attain, ascending
};

/// Attainment over all replicates: its mean is the population's share, its spread the uncertainty of the
/// parameters. Every replicate has its own finite set of virtual subjects, which alone spreads the shares by
/// p (1 - p) / n; shares are drawn towards their mean until that part of the variance is gone, before
/// quantiles are taken.
class Attainment {
 public:
  explicit Attainment(std::vector<ReplicateAttainment> replicates) : replicates_(std::move(replicates)) {}

  AttainmentPoint at(double dose) const;

  /// Share of the replicates in which at least `target` of the population attains.
  double probability_met(double dose, double target) const;

  /// Smallest multiple of `grid` from 0 to `largest` whose mean attainment reaches the target; nothing when
  /// none does.
  std::optional<double> smallest_on_grid(double target, double grid, double largest) const;

  /// The dose, to 1e-4 of a grid step, at which the mean, the 95% or the 5% quantile first reaches the
  /// target.
  enum class Line { mean, q95, q5 };
  std::optional<double> crossing(Line line, double target, double grid, double largest) const;

 private:
  std::vector<double> shares(double dose) const;  ///< by replicate, sampling noise taken out

  std::vector<ReplicateAttainment> replicates_;
};

}  // namespace qdose
