// Individual parameters that follow the dose: the sign of a class that holds at one dose and not at another.
#pragma once
#include <string>
#include <vector>

#include "qdose/results/fit.hpp"

namespace qdose {

/// How the random effects of one parameter go with the logarithm of the dose level, over treated people whose
/// data inform it.
struct DoseTrend {
  std::string parameter;
  double t = 0;  ///< of the correlation, Student's; beyond 4 it is no chance
  double lowest_dose = 0, highest_dose = 0;
  double change = 1;  ///< by which the parameter changes from lowest to highest dose, as a factor (of the
                      ///< odds where the parameter is a fraction)
};

/// By parameter that varies; without those that fewer than 8 people at two dose levels inform.
std::vector<DoseTrend> dose_trends(const Fit& fit);

/// In words, the trends that chance does not explain: |t| > 4 and a change by a fifth at least.
std::vector<std::string> telling_dose_trends(const Fit& fit);

}  // namespace qdose
