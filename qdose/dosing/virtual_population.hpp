// All virtual subjects of one source: their covariates, parameters and the doses that they need, course by
// course.
#pragma once
#include <vector>

#include "qdose/base/progress.hpp"
#include "qdose/dosing/attainment.hpp"
#include "qdose/dosing/dose_settings.hpp"
#include "qdose/dosing/population_source.hpp"
#include "qdose/dosing/regimen.hpp"
#include "qdose/dosing/scenario.hpp"
#include "qdose/dosing/work_share.hpp"

namespace qdose {

/// What is solved for every subject of a population: an endpoint under a regimen. `targets` are the shares
/// that are asked for.
struct Course {
  std::size_t population = 0;  ///< in SearchProblem::populations
  Regimen regimen;
  Endpoint endpoint;
  std::vector<double> targets;
};

/// What all replicates of a source have in common.
struct SearchProblem {
  const PopulationModel& model;
  const TrialPeople& people;
  std::vector<Scenario> populations;  ///< scenarios that differ in whom they are for
  std::vector<Course> courses;
  const DoseSettings& settings;
  const WorkShare* share = nullptr;  ///< among processes; null: this one does all
};

/// Eight virtual subjects as the engine takes them: parameters, [parameters], and their covariates.
struct Octet {
  std::vector<Lanes> parameters;
  std::vector<std::vector<double>> covariates;                    ///< [lanes]
  Lanes error_factor = all_lanes(1), error_shift = all_lanes(0);  ///< residual error of a measured biomarker
};

/// One replicate of a source, and a population that the trial's people may come from: resampled from the
/// stream (seed, bootstrap, number, 1), the same for all sources and scenarios; with settings.own_people they
/// themselves.
struct Replicate {
  Replicate(const SearchProblem& problem, const PopulationSource& source, std::size_t number);

  const PopulationSource& source;
  std::size_t number;
  TrialPeople people;
};

/// Subjects `first` to `first` + 7 of a replicate; past the last one the last one again. Subject k of
/// replicate r draws from the streams (seed, covariates, r * subjects + k) and (seed, population, the same
/// item), whatever the scenario.
Octet draw_octet(const SearchProblem& problem, const Replicate& replicate, std::size_t population,
                 std::size_t first);

/// What each of the eight must keep to. With settings.include_residual the measurement at the worst time
/// must: value (1 + proportional z1) + additive z2 on the right side of the threshold, solved for the value.
Lanes thresholds_of(const DoseSettings& settings, const Endpoint& endpoint, const Octet& octet);

/// Attainment of every course, and what went wrong on the way.
struct SearchOutcome {
  std::vector<Attainment> attainment;              ///< [courses]
  std::vector<std::vector<double>> required_dose;  ///< [courses] quantiles over all subjects, by `levels`
  long subjects = 0;                               ///< virtual subjects times courses
  long not_monotone = 0;  ///< of these: whose attainment changes more than once with the dose
  long failed = 0;        ///< of these: with values that were not finite at some dose
  std::size_t replicates = 0;
  /// [chains] the replicates of each; empty where several models are averaged or there is one chain only
  std::vector<std::vector<std::size_t>> chains;
  bool interrupted = false;

  static constexpr double levels[] = {0.05, 0.25, 0.5, 0.75, 0.95};
};

/// Solves for the doses of all virtual subjects, in rounds of settings.replicates, until the Monte-Carlo
/// error of the mean attainment is at most settings.mc_error where it crosses a target, or most_replicates or
/// the sources' replicates are used up. `members` are the sources of one name; each gets replicates in
/// proportion to its weight.
SearchOutcome solve_population(const SearchProblem& problem, const std::vector<PopulationSource>& members,
                               Progress& progress);

}  // namespace qdose
