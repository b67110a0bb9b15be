// A whole phase-1 trial made by known classes: subjects with covariates, doses, noisy values, and what is
// true of them.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "qdose/data/trial.hpp"
#include "qdose/simulate/trial_design.hpp"
#include "qdose/simulate/trial_truth.hpp"

namespace qdose {

struct VirtualTrial {
  Trial trial;
  TrialTruth truth;
  std::vector<std::vector<double>> individual;  ///< [subjects][truth.parameters], natural scale
  double quantification_limit = 0;              ///< concentrations below are not reported
  double reference_weight = 70;                 ///< kg; median of the trial
  /// A response that the typical subject just keeps, at steady state, on the mean (geometric) of the two
  /// highest dose levels every `interval` h: a dosing question with an answer inside the range of doses that
  /// were tried.
  double threshold = 0;
  bool keep_below = true;  ///< the drug lowers the response
};

/// Simulates the trial: body weights 50-100 kg, every second subject with co-medication, log-normal
/// (logit-normal) individuals, proportional residual errors, values rounded to five digits. A class with a
/// modelled infusion time leaves the route unknown. The same (design, truth, seed) gives the same trial.
/// Fault::numerical when a value is not finite.
Result<VirtualTrial> simulate_trial(const TrialDesign& design, const TrialTruth& truth, std::uint64_t seed);

/// truth.json: classes, parameters, effects (as in CL_on_BW's "BW_on_CL"), residuals, individuals, the
/// question.
std::string truth_json(const VirtualTrial& virtual_trial, const TrialDesign& design, std::uint64_t seed);

}  // namespace qdose
