// Medians over the subjects of an arm, at the times that they share.
#pragma once
#include <string>
#include <vector>

#include "qdose/results/run_info.hpp"

namespace qdose {

enum class Measured { concentration, response };

/// Median of one arm over time (h); `time` ascends.
struct ArmMedian {
  double dose_level = 0;
  std::size_t subjects = 0;  ///< with values
  std::vector<double> time, median;
};

/// One entry an arm that has values. A time counts when at least half of the arm's subjects (and two, unless
/// the arm has one) were observed then; where hardly any time is shared, values are pooled in groups of one
/// per subject by time.
std::vector<ArmMedian> arm_medians(const TrialSummary& trial, Measured measured);

/// Middle value; the mean of the two middle ones for an even count; NaN for none.
double median(std::vector<double> values);

}  // namespace qdose
