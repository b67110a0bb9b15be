// meta.json of a training set: what its numbers are.
#pragma once
#include <cstdint>
#include <string>

#include "app/training_set.hpp"
#include "qdose/simulate/duplicates.hpp"

namespace qdose {

/// What was found while a set was made.
struct TrainingSetChecks {
  std::uint64_t failed = 0;  ///< trajectories with values that are not finite
  DuplicateCount duplicates;
};

/// Version, seed, priors, shape, channels, classes, columns with units, checks. It depends on the set alone,
/// not on the threads and ranks that made it.
std::string training_set_meta(const TrajectorySource& source, const TrainingSetJob& job,
                              const TrainingSetChecks& checks);

}  // namespace qdose
