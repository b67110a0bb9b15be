// The sizes in which a trial measures: what turns a parameter of any compound into a plain number.
#pragma once
#include <span>
#include <string_view>

#include "qdose/stage1_classify/encoder.hpp"
#include "qdose/stage1_classify/features.hpp"

namespace qdose {

/// Natural logarithms of a trial's typical time (h), dose (mg), concentration (mg/L) and response (ng/mL).
struct TrialUnits {
  double time = 0, dose = 0, concentration = 0, response = 0;
};

/// From the design's scale and the levels of a role's tokens (features.hpp).
TrialUnits trial_units(Role role, const DesignScale& scale, std::span<const double> levels);

/// ln of the size that a parameter of this unit has in such a trial; 0 for a unit that no rule knows.
double log_size(std::string_view unit, const TrialUnits& units);

/// The general encoder as one for this trial: its regression outputs in the trial's units, and only classes
/// that are possible.
Encoder in_units_of(const Encoder& general, const TrialUnits& units, std::span<const double> levels,
                    const std::vector<bool>& possible);

}  // namespace qdose
