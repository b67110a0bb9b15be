// What the page's scripts draw: one JSON document, one member a part; a part that was not computed is
// missing.
#pragma once
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "qdose/report/report.hpp"

namespace qdose {

/// Subjects whose data and fits are embedded; larger trials show as many, evenly spread (sorted by arm, then
/// as they come).
inline constexpr std::size_t most_shown_subjects = 120;

/// Positions of the subjects to show, given every subject's dose level.
std::vector<std::size_t> shown_subjects(const std::vector<double>& dose_levels);

/// Draws shown of one trace, all chains together.
inline constexpr std::size_t most_trace_points = 1000;

/// Members: threshold, direction, units, answers, explorer, trial, classes, fit, diagnostics, draws,
/// calibration, kernel. See the scripts in assets/ for each.
nlohmann::json plot_data(const RunResults& results);

nlohmann::json answers_data(const Doses& doses);
nlohmann::json dose_details_data(const Doses& doses);  ///< profiles, sensitivity, surface
nlohmann::json trial_data(const TrialSummary& trial);
nlohmann::json classes_data(const Selection& selection);
nlohmann::json encoders_data(const std::vector<Evaluation>& encoders);
nlohmann::json fit_data(const Fit& fit);
nlohmann::json diagnostics_data(const Fit& fit);  ///< ranks, weighted residuals, random effects
nlohmann::json draws_data(const Fit& fit);        ///< priors beside posteriors, pairs of quantities
nlohmann::json calibration_data(const Calibration& calibration);
nlohmann::json kernel_data(const KernelResult& kernel, const Fit& fit);

}  // namespace qdose
