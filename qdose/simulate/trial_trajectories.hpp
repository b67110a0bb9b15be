// The prior `trial`: trajectories of a given trial's design and size.
#pragma once
#include <memory>

#include "qdose/base/result.hpp"
#include "qdose/data/trial.hpp"
#include "qdose/simulate/trajectories.hpp"

namespace qdose {

/// Trajectories of single subjects who are dosed as some treated subject of `trial` (each with equal chance),
/// with parameters and errors drawn for the trial's sizes (draw_prior, trial_scales) and any class with equal
/// chance. Times are the union of the subjects' times of the role; PK: and of their dose times. Faults:
/// nobody is dosed, no value of the role.
Result<std::unique_ptr<TrajectorySource>> make_trial_trajectories(const Trial& trial, Role role,
                                                                  std::uint64_t seed, Purpose purpose);

}  // namespace qdose
