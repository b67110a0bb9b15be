// The truth of a virtual trial as a population: its own answer is what an analysis of the trial should find.
#pragma once
#include <string>

#include "qdose/base/result.hpp"
#include "qdose/results/fit.hpp"

namespace qdose {

/// The population of a truth.json (as `qdose simulate trial` writes it) as a Fit with many equal draws and no
/// individuals, for posterior_source. Its covariates are `like`'s, those of the trial. Fault::bad_input when
/// the file is not of that form or names a covariate that `like` lacks.
Result<Fit> load_truth(const std::string& path, const PopulationModel& like);

}  // namespace qdose
