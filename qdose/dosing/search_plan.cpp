#include "qdose/dosing/search_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace qdose {
namespace {

void decide_dependence(Scenario& scenario, const PopulationModel& model, const TrialPeople& people,
                       std::vector<std::string>& notes) {
  const double n = static_cast<double>(people.rows().size());
  for (CovariateChange& change : scenario.changes) {
    if (change.law == Law::value || change.keeps_rank) continue;
    const double correlation = people.strongest_correlation(change.covariate);
    change.keeps_rank = n > 2 && correlation > 2 / std::sqrt(n - 1);
    if (!*change.keeps_rank) continue;
    const std::string note = fmt::format(
        "{} is correlated with another covariate in the trial (rank correlation {:.2f}): where a scenario "
        "replaces it people keep their rank",
        model.covariates[change.covariate].name, correlation);
    if (std::ranges::find(notes, note) == notes.end()) notes.push_back(note);
  }
}

std::size_t population_of(const Scenario& scenario, std::vector<Scenario>& populations) {
  const auto found = std::ranges::find(populations, scenario.changes, &Scenario::changes);
  const auto place = static_cast<std::size_t>(found - populations.begin());
  if (found == populations.end()) populations.push_back(scenario);
  return place;
}

std::size_t course_of(std::size_t population, const Regimen& regimen, const Endpoint& endpoint,
                      std::vector<Course>& courses) {
  const auto found = std::ranges::find_if(courses, [&](const Course& course) {
    return course.population == population && course.endpoint == endpoint &&
           course.regimen.repetition == regimen.repetition && course.regimen.largest == regimen.largest;
  });
  const auto place = static_cast<std::size_t>(found - courses.begin());
  if (found == courses.end()) courses.push_back({population, regimen, endpoint, {}});
  return place;
}

}  // namespace

SearchPlan plan_search(std::vector<Scenario> scenarios, const std::vector<Regimen>& usual,
                       const PopulationModel& model, const TrialPeople& people,
                       std::vector<std::string>& notes) {
  SearchPlan plan{std::move(scenarios), {}, {}, {}};
  for (std::size_t s = 0; s < plan.scenarios.size(); ++s) {
    Scenario& scenario = plan.scenarios[s];
    if (scenario.regimens.empty()) scenario.regimens = usual;
    decide_dependence(scenario, model, people, notes);
    const std::size_t population = population_of(scenario, plan.populations);
    for (const Regimen& regimen : scenario.regimens) {
      Question question{s, regimen, course_of(population, regimen, scenario.endpoint, plan.courses)};
      plan.courses[question.course].targets.push_back(scenario.target);
      if (scenario.safety)
        question.safety_course = course_of(population, regimen, scenario.safety->endpoint, plan.courses);
      plan.questions.push_back(std::move(question));
    }
  }
  return plan;
}

}  // namespace qdose
