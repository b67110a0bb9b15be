// Does the best class explain the data? Subjects are replicates of each other: where a class is right their
// residuals scatter around zero at every time, where it is wrong they lean to one side together.
#pragma once
#include <cstdint>
#include <vector>

#include "qdose/stage1_classify/individual_fit.hpp"

namespace qdose {

/// Residuals lean to one side together this much: the mean square of the bins' means times their sizes, over
/// the variance within bins. Bins: subjects of one dose level, neighbouring times. Near 1 for a class that
/// fits.
double common_lean(const Trial& trial, Role role, const ObservedValues& residuals);

/// How a class fits a trial.
struct Misfit {
  double lean = 0;      ///< common_lean of the real data
  double expected = 0;  ///< its mean when the class is true
  double limit = 0;     ///< above it the class does not explain the data
  double ratio = 0;     ///< (lean - expected) / (limit - expected), at least 0: 1 = as large as chance allows
  double residual_sd = 0;
  IndividualFits fits;
};

/// Fits the class to every subject, then to trials simulated from those fits with the residual scatter found
/// (parametric bootstrap, Purpose::bootstrap): their leans say what chance gives. `start` as in
/// fit_individuals.
Misfit misfit_of(const Trial& trial, const FitProblem& problem, const std::vector<std::vector<double>>& start,
                 std::uint64_t seed, int threads);

/// The role's values of each subject.
ObservedValues observed_values(const Trial& trial, Role role);

/// A bend well below the trial's typical value: 5% of the median of the positive ones.
ResidualScale residual_scale(const ObservedValues& observed);

}  // namespace qdose
