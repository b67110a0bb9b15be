// The dose search: virtual populations, steady state solved, attainment over a grid of doses, the answers in
// words.
#pragma once
#include <vector>

#include "qdose/base/progress.hpp"
#include "qdose/base/result.hpp"
#include "qdose/data/trial.hpp"
#include "qdose/dosing/dose_settings.hpp"
#include "qdose/dosing/population_source.hpp"
#include "qdose/dosing/scenario.hpp"
#include "qdose/dosing/work_share.hpp"
#include "qdose/results/doses.hpp"

namespace qdose {

StudiedDoses studied_doses(const Trial& trial);

/// Settings that are out of range, all of them; empty when all are fine.
Errors wrong_settings(const DoseSettings& settings);

/// The model's covariates of a trial's subjects, [subjects][model.covariates], found by name;
/// Fault::bad_input when the trial lacks one.
Result<std::vector<std::vector<double>>> covariate_rows(const PopulationModel& model, const Trial& trial);

/// The challenge's scenarios for the settings' question; `notes` says what the trial does not allow.
std::vector<Scenario> usual_scenarios(const PopulationModel& model, const DoseSettings& settings,
                                      const StudiedDoses& studied, std::vector<std::string>& notes);

/// Answers for every scenario, regimen (once daily, once weekly, and every `interval` h when set; or the
/// scenario's own) and source; sources of one name are averaged by weight.
///  - `trial_covariates`: [subjects][model.covariates].
///  - A virtual subject has the same random numbers in all scenarios, regimens, sources and at all doses.
///  - Attained means: over the WHOLE interval at steady state the true biomarker (or, with include_residual,
///  one
///    measurement at the worst time) is strictly on the right side of the threshold.
///  - Errors: settings out of range, no covariate rows, an interrupt.
/// `scenarios` empty: the standard ones. `share`: processes that call this together, with the same arguments;
/// all get the same answers, whatever their number.
Result<Doses> search_doses(const PopulationModel& model,
                           const std::vector<std::vector<double>>& trial_covariates,
                           const StudiedDoses& studied, const std::vector<PopulationSource>& sources,
                           const DoseSettings& settings, Progress& progress,
                           const std::vector<Scenario>& scenarios = {}, const WorkShare* share = nullptr);

/// The same for people like those of a trial: its covariates (found by name) and the doses that it studied.
Result<Doses> search_doses(const PopulationModel& model, const Trial& trial,
                           const std::vector<PopulationSource>& sources, const DoseSettings& settings,
                           Progress& progress, const std::vector<Scenario>& scenarios = {},
                           const WorkShare* share = nullptr);

}  // namespace qdose
