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
/// quarter more and less, two digits) and the scenarios' own, under the question's regimens and the
/// scenarios' own (five of each at most), in all variants of the covariates that the scenarios change: the
/// first continuous one spread evenly over the trial's range and the scenarios', the first categorical one at
/// each of its levels (at most four). Up to four scenarios that these cannot describe bring a population of
/// their own. Scenarios that ask for anything but the biomarker on the search's side of a threshold through
/// the whole interval are left out. The search counted these
/// very subjects, among others. Fault::numerical after an interrupt.
Result<VirtualSubjects> tabulate_subjects(const SubjectQuestion& question, const PopulationSource& source,
                                          Progress& progress);

/// The same for `scenarios` (none: the standard ones) and people like those of a trial.
Result<VirtualSubjects> tabulate_subjects(const PopulationModel& model, const Trial& trial,
                                          const PopulationSource& source, const DoseSettings& settings,
                                          Progress& progress, const std::vector<Scenario>& scenarios = {});

}  // namespace qdose
