// What a dose does to people beside the endpoint: concentrations and biomarker over one interval.
#pragma once
#include <vector>

#include "qdose/dosing/virtual_population.hpp"
#include "qdose/results/dose_details.hpp"

namespace qdose {

/// About 2000 virtual subjects of a course at `dose` (the first ones of each replicate, so that courses can
/// be compared person by person). `studied_concentration` is the largest one of the trial.
Exposure exposure_at(const SearchProblem& problem, const std::vector<PopulationSource>& members,
                     const Course& course, double dose, double studied_concentration);

/// Once weekly against once daily, each at its own dose.
RegimenComparison compare_regimens(const Exposure& daily, const Exposure& weekly);

}  // namespace qdose
