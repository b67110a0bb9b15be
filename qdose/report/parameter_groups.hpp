// Reported quantities sorted by what they are: typical values, covariate effects, scatter between subjects,
// residuals.
#pragma once
#include <string>
#include <vector>

#include "qdose/results/fit.hpp"

namespace qdose {

struct ParameterGroup {
  std::string title, meaning;
  std::vector<const ParameterSummary*> members;  ///< into Fit::parameters, in its order
};

/// Groups that have members, in the order above. Decided by PopulationModel (names of parameters and effects)
/// and by the prefixes "omega" and "sigma"; what none of them claims comes last.
std::vector<ParameterGroup> parameter_groups(const Fit& fit);

/// Unit of a reported quantity: a parameter's own; empty for everything else.
std::string unit_of(const PopulationModel& model, const std::string& name);

}  // namespace qdose
