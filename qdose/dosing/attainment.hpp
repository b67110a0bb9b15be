// From the doses that virtual subjects need to the share of a population that a dose serves, with its
// uncertainty.
#pragma once
#include <optional>
#include <vector>

#include "qdose/results/doses.hpp"

namespace qdose {

/// Doses needed by the subjects of each replicate, ascending within the replicate; infinity: not attainable.
using NeededDoses = std::vector<std::vector<double>>;

/// Share of subjects whose need is at most `dose`: mean and 5-95% band over replicates.
AttainmentPoint attainment_at(const NeededDoses& needed, double dose);

/// Share of replicates in which at least `target` of the subjects are served by `dose`.
double probability_target_met(const NeededDoses& needed, double dose, double target);

/// Where the mean attainment crosses the target, and the 5-95% band over replicates of their own crossings;
/// nothing where no dose reaches it.
struct Crossing {
  std::optional<double> mean, q5, q95;
};
Crossing crossing(const NeededDoses& needed, double target);

/// Value at share q of an ascending list (the smallest element that at least a share q does not exceed).
double quantile_of_sorted(const std::vector<double>& ascending, double q);

}  // namespace qdose
