// The prior `wide`: any compound on the report's design.
#pragma once
#include <memory>

#include "qdose/simulate/trajectories.hpp"
#include "qdose/simulate/trial_scales.hpp"

namespace qdose {

/// The scales of a compound that nobody knows: dose, clearance and baseline over decades, half-lives from a
/// few hours to two weeks, effects from 20% to twelvefold, onset from hours to days. `interval` is the time
/// between doses.
TrialScales any_compound(double dose, double interval, Stream& random);

/// Somebody of a population, with the errors of that population's values.
struct Individual {
  std::vector<double> parameters;  ///< natural scale
  double proportional = 0, additive = 0;
};
Individual draw_individual(const ModelInfo& model, const TrialScales& scales, Stream& random);

/// Makes an effect of the opposite direction of the parameters of `model` (natural scale), in half of the
/// draws, where the equation allows it and no other class of the catalogue has that curve: SLOPE, and Emax in
/// units of the response with a Hill exponent or an effect compartment..
void draw_direction(const ModelInfo& model, const TrialScales& scales, Stream& random,
                    std::span<double> parameters);

/// Trajectories of the report's grids and schedules; amounts, parameters and errors of any compound.
/// Parameters are drawn as multiples of the compound's scales (draw_prior), so that only dimensionless ratios
/// are bounded: half-life over sampling times, potency over concentrations, effect over baseline.
std::unique_ptr<TrajectorySource> make_wide_trajectories(Role role, std::uint64_t seed, Purpose purpose);

}  // namespace qdose
