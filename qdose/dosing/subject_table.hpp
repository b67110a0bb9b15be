// A few thousand virtual subjects with the dose that each needs, for readers who want other populations,
// thresholds or targets than those of the search.
#pragma once
#include "qdose/base/progress.hpp"
#include "qdose/data/trial.hpp"
#include "qdose/dosing/virtual_population.hpp"
#include "qdose/results/virtual_subjects.hpp"

namespace qdose {

/// Whom the table is about: `scenarios` as plan_search decided them.
struct SubjectQuestion {
  const PopulationModel& model;
  const TrialPeople& people;
  const std::vector<Scenario>& scenarios;
  const std::vector<Regimen>& regimens;
  const DoseSettings& settings;
};

/// The first subjects of the search's first 200 replicates, at three thresholds around the search's (it and a
/// quarter more and less, two digits), in all variants of the covariates that the scenarios change: the first
/// continuous one spread evenly over the trial's range and the scenarios', the first categorical one at each
/// of its levels (at most four). Scenarios that need more than that are left out. The search counted these
/// very subjects, among others. Fault::numerical after an interrupt.
Result<VirtualSubjects> tabulate_subjects(const SubjectQuestion& question, const PopulationSource& source,
                                          Progress& progress);

/// The same for the standard scenarios and people like those of a trial.
Result<VirtualSubjects> tabulate_subjects(const PopulationModel& model, const Trial& trial,
                                          const PopulationSource& source, const DoseSettings& settings,
                                          Progress& progress);

}  // namespace qdose
