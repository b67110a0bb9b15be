// The dose search: scenarios x regimens x sources -> the smallest dose that serves the wanted share of the
// population.
#pragma once
#include <vector>

#include "qdose/base/progress.hpp"
#include "qdose/base/result.hpp"
#include "qdose/data/trial.hpp"
#include "qdose/dosing/settings.hpp"
#include "qdose/dosing/source.hpp"
#include "qdose/results/doses.hpp"

namespace qdose {

/// Answers every scenario that the trial's covariates allow, once daily, once weekly and at the settings'
/// interval, from each source. The endpoint is the biomarker without residual error at steady state; the same
/// virtual subjects serve all doses, regimens and scenarios. Faults: settings out of range; Fault::numerical
/// when most subjects fail.
Result<Doses> search_doses(const PopulationModel& model, const Trial& trial,
                           const std::vector<PopulationSource>& sources, const DoseSettings& settings,
                           Progress& progress);

}  // namespace qdose
