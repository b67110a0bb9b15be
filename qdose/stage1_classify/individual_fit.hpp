// A quick fit of one class to each subject alone: enough to see whether the class can explain the data at
// all.
#pragma once
#include <vector>

#include "qdose/data/trial.hpp"
#include "qdose/stage1_classify/virtual_trials.hpp"

namespace qdose {

/// Where a class's individual parameters may lie, on the unbounded scale.
struct ParameterPrior {
  std::vector<double> mean, sd;
};

/// Puts residuals of large and of small values on one scale: asinh(y / (2 bend)), like ln y above the bend,
/// linear below it.
struct ResidualScale {
  double bend = 1;
  double operator()(double y) const;
  double back(double transformed) const;
};

/// One class on the subjects of a trial. PD needs the concentrations that drive it.
struct FitProblem {
  const ModelInfo* model = nullptr;
  const DesignBlocks* blocks = nullptr;                             ///< arrangement 0 is used
  const ModelInfo* pk = nullptr;                                    ///< PD: the class that drives it
  const std::vector<std::vector<Lanes>>* concentrations = nullptr;  ///< PD: [block][PK point of plan_for(pk)]
  ParameterPrior prior;
  ResidualScale scale;
};

/// By subject: unbounded parameters, and the fitted values at its observations.
struct IndividualFits {
  std::vector<std::vector<double>> parameters, fitted;
};

/// Observed values by subject, in the order of the plan's observations.
using ObservedValues = std::vector<std::vector<double>>;

/// Maximum a posteriori parameters of every subject by Levenberg-Marquardt on the scaled residuals (`sd` is
/// their standard deviation), started at `start`. At most 25 iterations; a subject whose start cannot be
/// evaluated keeps it.
IndividualFits fit_individuals(const FitProblem& problem, const ObservedValues& observed, double sd,
                               const std::vector<std::vector<double>>& start);

/// Concentrations at all points of every block's plan_for(pk) for these individual parameters ([subject],
/// unbounded).
std::vector<std::vector<Lanes>> concentrations_of(const ModelInfo& pk, const DesignBlocks& blocks,
                                                  const std::vector<std::vector<double>>& parameters);

}  // namespace qdose
