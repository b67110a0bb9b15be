// All virtual subjects of one source: their covariates, parameters and the doses that they need, scenario by
// scenario.
#pragma once
#include <vector>

#include "qdose/base/progress.hpp"
#include "qdose/dosing/attainment.hpp"
#include "qdose/dosing/dose_settings.hpp"
#include "qdose/dosing/population_source.hpp"
#include "qdose/dosing/regimen.hpp"
#include "qdose/dosing/scenario.hpp"

namespace qdose {

/// What all replicates of a source have in common.
struct SearchProblem {
  const PopulationModel& model;
  const std::vector<std::vector<double>>& trial_covariates;
  const std::vector<Scenario>& populations;  ///< scenarios that differ in whom they are for
  const std::vector<Regimen>& regimens;
  double dose_duration = 0;  ///< h
  const DoseSettings& settings;
};

/// Attainment of every population under every regimen, and what went wrong on the way.
struct SearchOutcome {
  std::vector<std::vector<Attainment>> attainment;  ///< [populations][regimens]
  long subjects = 0;                                ///< virtual subjects times populations times regimens
  long not_monotone = 0;  ///< of these: whose attainment changes more than once with the dose
  long failed = 0;        ///< of these: with values that were not finite at some dose
  bool interrupted = false;
};

/// Eight subjects of a replicate as the engine takes them, and the threshold that each must keep to.
struct Octet {
  std::vector<Lanes> parameters;
  Lanes threshold;
};

/// Covariates of subject k of a replicate in a population.
std::vector<double> covariates_of(const SearchProblem& problem, const Scenario& population,
                                  std::size_t replicate, std::size_t k);

/// The subjects first ... first + 7 of a replicate (settings.subjects of them; the last lanes may repeat the
/// last one).
Octet draw_octet(const SearchProblem& problem, const PopulationSource& source, const Scenario& population,
                 std::size_t replicate, std::size_t first);

/// Solves for the doses of all virtual subjects. Subject k of replicate r draws from the streams
/// (seed, covariates, r * subjects + k) and (seed, population, the same item), whatever the scenario.
SearchOutcome solve_population(const SearchProblem& problem, const PopulationSource& source,
                               Progress& progress);

}  // namespace qdose
