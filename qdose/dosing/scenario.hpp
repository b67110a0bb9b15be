// Whom a dose is for: the trial's covariates with some of them replaced, as data.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/results/population_model.hpp"

namespace qdose {

/// Replaces one covariate of everybody: uniform on [low, high], or the value itself when low == high.
struct CovariateChange {
  std::size_t covariate = 0;
  double low = 0, high = 0;
};

/// A population and the share of it that is to be kept on the right side.
struct Scenario {
  std::string name, description;
  std::vector<CovariateChange> changes;
  double target = 0.9;
};

/// The challenge's scenarios. A: people like the trial's. B: body weight 70-140 kg. C: no co-medication. D,
/// D-B, D-C: the same populations with the reduced target. Those whose covariate the trial lacks are left
/// out, and a note says so.
std::vector<Scenario> standard_scenarios(const PopulationModel& model, double target, double reduced_target,
                                         std::vector<std::string>& notes);

/// Covariates of one virtual subject: a row of the trial, drawn at random, with the scenario's changes. The
/// same stream gives the same row and the same position within a changed range for every scenario.
std::vector<double> draw_covariates(const Scenario& scenario, std::span<const std::vector<double>> trial_rows,
                                    Stream& stream);

/// Whether the scenario reaches beyond the covariates of the trial.
bool goes_beyond(const Scenario& scenario, const PopulationModel& model);

}  // namespace qdose
