// Populations that could have made a trial like this one: for any class, scaled to the trial, in its units.
#pragma once
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/models/catalogue.hpp"
#include "qdose/simulate/trial_scales.hpp"

namespace qdose {

/// A population of one class. An individual's unbounded parameter i is typical[i] + omega[i] z; a value's
/// residual error has sd^2 = (proportional f)^2 + additive^2.
struct PriorDraw {
  std::vector<double> typical, omega;  ///< [parameters of the class], unbounded scale (ln or logit)
  double proportional = 0, additive = 0;
};

/// Draws a population of a class, wide enough to cover the trial and such that what defines the class shows
/// in the trial's design: absorption and distribution phases longer than the first sampling time and shorter
/// than the profile, saturation and potency within the concentrations seen, effects as large as the one seen,
/// turnover neither instant nor slower than the trial. Exposures have the trial's size for every class. omega
/// between 0.1 and 0.5 (a lag or an infusion time less), proportional residuals between 0.03 and 0.4. A
/// parameter that no rule knows follows its unit. `report`-fixed parameters are drawn too: the trial's data
/// may free them.
PriorDraw draw_prior(const ModelInfo& model, const TrialScales& scales, Stream& stream);

}  // namespace qdose
