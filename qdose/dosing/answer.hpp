// One answer of the dose search from the attainment over doses, with the sentence that says it.
#pragma once
#include "qdose/dosing/attainment.hpp"
#include "qdose/dosing/dose_settings.hpp"
#include "qdose/dosing/regimen.hpp"
#include "qdose/dosing/scenario.hpp"

namespace qdose {

/// `studied_rate` in mg/h; a dose above it, or covariates beyond the trial's (`beyond_covariates`), is an
/// extrapolation. The curve holds at most 400 doses: with a finer grid every k-th, and always the answer.
DoseAnswer make_answer(const Scenario& scenario, const Regimen& regimen, const std::string& source,
                       const Attainment& attainment, const DoseSettings& settings, double studied_rate,
                       bool beyond_covariates);

/// Adds to the answers of scenarios with the reduced target how much lower they are than those with the full
/// one.
void compare_targets(std::vector<DoseAnswer>& answers);

}  // namespace qdose
