// A simple non-compartmental analysis of one subject: rough sizes, not estimates to report.
#pragma once
#include <optional>
#include <vector>

#include "qdose/data/trial.hpp"

namespace qdose {

/// The middle of a list (mean of the two middle values); nothing when it is empty.
std::optional<double> median_of(std::vector<double> values);

/// The q-th quantile by linear interpolation, q in [0, 1]; the list must not be empty.
double quantile_of(std::vector<double> values, double q);

/// What can be read off one subject's concentrations; what cannot is missing.
struct Nca {
  std::optional<double>
      half_life;  ///< log-linear decline at the end of the longest run of values after a dose
  std::optional<double> clearance;  ///< total dose / area, extrapolated with that half-life
  std::optional<double> peak_time;  ///< after the dose, in the interval with most values
  std::optional<double>
      noise;  ///< typical distance of a value from the line through its neighbours' logarithms
  double first = 0,
         profile = 0;  ///< earliest and latest value after a dose, before the next; 0 when there is none
  double peak = 0, typical = 0;  ///< largest value; median of the positive values while doses are given
};

/// Rough pharmacokinetics of a treated subject with concentrations.
Nca analyse_concentrations(const Subject& subject);

}  // namespace qdose
