// From scenarios to what must be solved: populations and courses, each once, and the questions that share
// them.
#pragma once
#include <optional>
#include <vector>

#include "qdose/dosing/virtual_population.hpp"

namespace qdose {

/// One answer is due: a scenario under a regimen.
struct Question {
  std::size_t scenario = 0;
  Regimen regimen;
  std::size_t course = 0;
  std::optional<std::size_t> safety_course = {};
};

struct SearchPlan {
  std::vector<Scenario> scenarios;
  std::vector<Scenario> populations;  ///< scenarios that differ in whom they are for
  std::vector<Course> courses;        ///< sorted by nothing: in the order of the questions
  std::vector<Question> questions;
};

/// Scenarios without regimens get `usual`. Decides for every covariate that a scenario replaces whether
/// people keep their rank in it: as the scenario says, else when the covariate's rank correlation with
/// another exceeds 2 / sqrt(subjects - 1), which a note tells.
SearchPlan plan_search(std::vector<Scenario> scenarios, const std::vector<Regimen>& usual,
                       const PopulationModel& model, const TrialPeople& people,
                       std::vector<std::string>& notes);

}  // namespace qdose
