// Scenarios of the user's own, from a TOML file: whom a dose is for, how it is given, what it must achieve.
#pragma once
#include <string>
#include <vector>

#include "qdose/base/result.hpp"
#include "qdose/dosing/dose_settings.hpp"
#include "qdose/dosing/scenario.hpp"

namespace qdose {

/// Reads the scenarios of a file; docs/file-formats.md describes it and examples/scenarios.toml shows it.
/// What the file leaves out is taken from `settings` (threshold, direction, target, grids, largest dose).
/// Faults, all at once, each with "file:line:column": not TOML, an unknown key or word (names the nearest
/// known one), a covariate that the trial lacks, a number out of range, no scenario.
Result<std::vector<Scenario>> load_scenarios(const std::string& path, const PopulationModel& model,
                                             const DoseSettings& settings, const StudiedDoses& studied);

}  // namespace qdose
