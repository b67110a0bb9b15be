// What is true of a virtual trial: its classes, typical values, spreads, covariate effects and residual
// errors.
#pragma once
#include <string>
#include <vector>

#include "qdose/base/result.hpp"
#include "qdose/models/catalogue.hpp"
#include "qdose/simulate/trial_design.hpp"

namespace qdose {

/// `typical` (natural scale) holds for the trial's reference subject: median body weight, no co-medication;
/// `omega` is the standard deviation between subjects of ln (or logit).
struct TrueParameter {
  std::string symbol, unit;
  Scale scale = Scale::log;
  double typical = 1, omega = 0;
};

/// Moves ln (or logit) of a parameter by beta ln(BW / median BW), or by beta under co-medication.
struct TrueEffect {
  std::string covariate, parameter;
  double beta = 0;
};

struct TrialTruth {
  const ModelInfo *pk = nullptr, *pd = nullptr;
  std::vector<TrueParameter> parameters;  ///< PK parameters in their table's order, then the PD ones
  std::vector<TrueEffect> effects;
  double pk_proportional = 0, pd_proportional = 0, pk_additive = 0, pd_additive = 0;
};

/// The truth that the settings ask for. The defaults suit doses of 1 to 10 mg a day: half-lives of one to
/// three days, concentrations of 0.1 to 5 mg/L, potency 0.5 mg/L, a baseline of 12 ng/mL, turnover within a
/// day, effects of up to tenfold; spreads of 25% (rates and volumes), 10% (lag, infusion time, Hill). Weight
/// acts with exponent 0.75 on clearances and Vmax and 1 on volumes, co-medication lowers the baseline by 30%.
/// Faults: an unknown class, symbol or covariate, a value that
/// its scale does not allow, an infusion into a depot.
Result<TrialTruth> truth_of(const VirtualTrialSettings& settings);

}  // namespace qdose
