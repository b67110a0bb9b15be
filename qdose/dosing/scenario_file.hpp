// Scenarios of the user's own, from a JSON file.
#pragma once
#include <string>
#include <vector>

#include "qdose/base/result.hpp"
#include "qdose/dosing/scenario.hpp"

namespace qdose {

/// Reads a list of scenarios:
///   [{"name": "heavy", "description": "90 to 150 kg", "target": 0.8, "covariates": {"BW": [90, 150],
///   "COMED": 0}}]
/// A covariate is replaced by a value or by a uniform range; those not named are the trial's. `target` may be
/// left out. Errors (bad_usage): not of that form, a covariate that the trial lacks, a target outside (0, 1).
Result<std::vector<Scenario>> load_scenarios(const std::string& path, const PopulationModel& model,
                                             double default_target);

}  // namespace qdose
