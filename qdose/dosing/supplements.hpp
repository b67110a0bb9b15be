// What is told beside the answers: other assumptions, another method, the covariate and the dose together,
// why two sources differ.
#pragma once
#include <vector>

#include "qdose/dosing/search_plan.hpp"
#include "qdose/results/doses.hpp"

namespace qdose {

/// A plan with what its sources said.
struct SolvedSource {
  std::vector<PopulationSource> members;  ///< of one name
  SearchOutcome outcome;
};

/// Answers under each of the first member's alternatives, and for a measured biomarker, beside the answer by
/// the same few thousand virtual subjects.
std::vector<SensitivityRow> sensitivity_rows(const SearchPlan& plan, const SearchProblem& problem,
                                             const SolvedSource& source);

/// What `typical` people would make of every question, and how many that dose keeps in truth.
std::vector<PointPrediction> point_predictions(const SearchPlan& plan, const SearchProblem& problem,
                                               const SolvedSource& source);

/// Attainment over body weight and dose for the first question's scenario and regimen; nothing without a body
/// weight.
std::optional<DoseSurface> dose_surface(const SearchPlan& plan, const SearchProblem& problem,
                                        const SolvedSource& source, std::optional<double> dose);

/// Questions to which posterior and kernel give different doses, with the reason.
std::vector<SourceDifference> source_differences(const std::vector<DoseAnswer>& answers);

/// Once weekly against once daily wherever both have a dose.
std::vector<RegimenComparison> regimen_comparisons(const std::vector<DoseAnswer>& answers);

}  // namespace qdose
