// The populations that are asked about: who they are, and which share of them shall meet the endpoint.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/data/trial.hpp"
#include "qdose/dosing/settings.hpp"
#include "qdose/results/population_model.hpp"

namespace qdose {

/// A population by its covariates.
struct CovariatePopulation {
  std::string name, description;
  bool beyond_trial = false;  ///< holds covariate values that the trial did not
  /// Covariates of one virtual subject, in the order of PopulationModel::covariates. Draws the same random
  /// numbers in every population, so that populations differ by what they are, not by chance.
  std::function<std::vector<double>(Stream&)> draw;
};

/// One question: a population and a target.
struct Scenario {
  std::string name;
  std::size_t population = 0;
  double target = 0.9;
};

struct Questions {
  std::vector<CovariatePopulation> populations;
  std::vector<Scenario> scenarios;
  std::vector<std::string> notes;  ///< scenarios that the trial's covariates do not allow
};

/// Scenarios A (covariates of the trial's subjects, drawn together), B (body weight uniform on the settings'
/// range), C (no co-medication) at the target, and D, D-B, D-C: the same at the lower target. B needs a body
/// weight, C a COMED column.
Questions make_questions(const PopulationModel& model, const Trial& trial, const DoseSettings& settings);

}  // namespace qdose
