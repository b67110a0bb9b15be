// One answer of the dose search from the attainment over doses, with the sentence that says it.
#pragma once
#include "qdose/dosing/attainment.hpp"
#include "qdose/dosing/dose_settings.hpp"
#include "qdose/dosing/regimen.hpp"
#include "qdose/dosing/scenario.hpp"

namespace qdose {

/// What an answer is made from.
struct AnswerParts {
  const Scenario& scenario;
  const Regimen& regimen;
  std::string source;
  const Attainment& attainment;
  const std::vector<double>& required_dose;  ///< quantiles by SearchOutcome::levels; infinite: not reached
  const std::vector<std::vector<std::size_t>>& chains;  ///< as in SearchOutcome
  const Attainment* safety = nullptr;                   ///< share that keeps to the scenario's safety limit
  double studied_rate = 0;                              ///< mg/h; a dose above it is an extrapolation
  bool beyond_covariates = false;                       ///< as are covariates beyond the trial's
  std::string dose_unit = "mg";
};

/// With a safety limit there is a dose only when the smallest that reaches the target keeps to it. The curve
/// holds at most 400 doses: with a finer grid every k-th, and always the answer.
DoseAnswer make_answer(const AnswerParts& parts);

/// Adds to the answers of scenarios with the reduced target how much lower they are than those with the full
/// one.
void compare_targets(std::vector<DoseAnswer>& answers, const std::string& dose_unit);

}  // namespace qdose
