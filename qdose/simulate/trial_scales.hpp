// The size of everything in a trial, from its values alone: what priors for any compound, in any units, are
// scaled by.
#pragma once
#include "qdose/data/trial.hpp"

namespace qdose {

/// Times in h; concentrations, doses and responses in the trial's own units. Every number is finite and
/// positive
/// (`effect` may be negative), also for a trial that lacks what it is estimated from.
struct TrialScales {
  // The design.
  double interval = 24;    ///< between doses, median; the length of the profile after a single dose
  double pk_first = 1;     ///< earliest concentration after a dose, median over subjects
  double pk_profile = 24;  ///< how long after one dose, before the next, concentrations are taken
  double pd_first = 1;     ///< earliest response after the first dose, median over subjects
  double pd_span = 240;    ///< from the first dose to the last response, median over subjects

  // What the drug does in the body: medians over treated subjects of a simple non-compartmental analysis.
  double clearance = 1;           ///< dose / area under the curve
  double half_life = 24;          ///< of the last decline that was observed
  double peak_time = 1;           ///< after a dose
  double concentration_low = 1;   ///< typical in the lowest arm while doses are given
  double concentration_high = 1;  ///< peak in the highest arm
  double pk_noise = 0.15;         ///< guess of the residual error, a fraction

  // What it does to the biomarker.
  double baseline = 1;
  double baseline_spread = 0.3;  ///< of ln baseline between subjects
  double effect = -0.7;          ///< largest ln(response / baseline) in the highest arm, with its sign
  double onset = 24;             ///< time to half of that effect
  double pd_noise = 0.1;         ///< guess of the residual error, a fraction
};

TrialScales trial_scales(const Trial& trial);

}  // namespace qdose
