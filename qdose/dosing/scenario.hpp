// Whom a dose is for and what it must achieve, as data.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/dosing/covariate_law.hpp"
#include "qdose/dosing/endpoint.hpp"
#include "qdose/dosing/regimen.hpp"
#include "qdose/results/population_model.hpp"

namespace qdose {

/// What at least `share` of the population must keep to at the dose that is recommended.
struct SafetyLimit {
  Endpoint endpoint{Quantity::concentration, Measure::peak, Direction::below, 0, 1};
  double share = 0.95;
};

/// A population, an endpoint and the share of the population that is to attain it.
struct Scenario {
  std::string name, description;
  std::vector<CovariateChange> changes;
  double target = 0.9;
  Endpoint endpoint = {};
  std::vector<Regimen> regimens = {};  ///< empty: once daily, once weekly and the settings' own interval
  std::optional<SafetyLimit> safety = {};
};

/// What the challenge's scenarios take from the settings.
struct StandardQuestion {
  Endpoint endpoint;
  double target = 0.9, reduced_target = 0.75;
};

/// The challenge's scenarios. A: people like the trial's. B: body weight 70-140 kg. C: no co-medication. D,
/// D-B, D-C: the same populations with the reduced target. Those whose covariate the trial lacks are left
/// out, and a note says so.
std::vector<Scenario> standard_scenarios(const PopulationModel& model, const StandardQuestion& question,
                                         std::vector<std::string>& notes);

/// The covariate of a model that holds the body weight (BW, WT, WEIGHT ...), if one does.
std::optional<std::size_t> weight_covariate(const PopulationModel& model);

/// The trial's people as a population: covariates, what each person counts and, for each covariate, the share
/// of the population with a smaller and with an equal value.
class TrialPeople {
 public:
  explicit TrialPeople(
      std::vector<std::vector<double>> rows);  ///< [subjects][covariates]; all count the same
  /// One population of which these people may be a sample: they count by Dirichlet(1, ..., 1) weights
  /// (Rubin 1981, "The Bayesian bootstrap").
  TrialPeople resampled(Stream stream) const;
  const std::vector<std::vector<double>>& rows() const { return rows_; }
  std::size_t person(double u) const;  ///< whose share of the population holds u in (0, 1)
  /// A rank in (0, 1) of a person's covariate, at random among those with the same value.
  double rank(std::size_t person, std::size_t covariate, double u) const;
  /// Largest absolute rank correlation (Spearman) of a covariate with the others.
  double strongest_correlation(std::size_t covariate) const;

 private:
  TrialPeople(std::vector<std::vector<double>> rows, const std::vector<double>& shares);

  std::vector<std::vector<double>> rows_;
  std::vector<double> until_;                       ///< [subjects] shares of all up to this one
  std::vector<std::vector<double>> below_, equal_;  ///< [covariates][subjects]
};

/// Covariates of one virtual subject: a row of the trial, drawn by the people's shares, with the scenario's
/// changes. The same stream gives the same row and the same position within a changed range for every
/// scenario.
std::vector<double> draw_covariates(const Scenario& scenario, const TrialPeople& people, Stream& stream);

/// Whether the scenario reaches beyond the covariates of the trial.
bool goes_beyond(const Scenario& scenario, const PopulationModel& model);

}  // namespace qdose
