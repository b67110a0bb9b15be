#include "qdose/dosing/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "qdose/dosing/answer.hpp"
#include "qdose/dosing/virtual_population.hpp"

namespace qdose {
namespace {

Errors check(const DoseSettings& s, const std::vector<std::vector<double>>& covariates,
             const std::vector<PopulationSource>& sources) {
  Errors errors;
  const auto require = [&](bool good, const char* setting, const char* what) {
    if (!good) errors.push_back({Fault::bad_usage, fmt::format("{} must {}", setting, what), setting, ""});
  };
  require(s.direction == "below" || s.direction == "above", "direction", "be below or above");
  require(s.target >= 0.01 && s.target <= 0.99, "target", "lie in 0.01-0.99");
  require(s.reduced_target >= 0.01 && s.reduced_target <= 0.99, "reduced_target", "lie in 0.01-0.99");
  require(s.grid_daily > 0, "grid_daily", "be positive");
  require(s.grid_weekly > 0, "grid_weekly", "be positive");
  require(s.grid_interval >= 0, "grid_interval", "be positive");
  require(s.interval >= 0 && s.interval <= 2000, "interval", "lie in 0-2000 h");
  require(s.largest_daily >= 0, "largest_daily", "be positive");
  require(s.replicates >= 2 && s.replicates <= 5000, "replicates", "lie in 2-5000");
  require(s.subjects >= 50 && s.subjects <= 100000, "subjects", "lie in 50-100000");
  if (covariates.empty()) errors.push_back({Fault::bad_input, "the trial has no subjects", "", ""});
  for (const PopulationSource& source : sources)
    if (source.replicates < 2)
      errors.push_back(
          {Fault::bad_input, fmt::format("source {} has fewer than two replicates", source.name), "", ""});
  return errors;
}

/// Scenarios that differ in whom they are for, and the place of each scenario's population among them.
struct Populations {
  std::vector<Scenario> distinct;
  std::vector<std::size_t> of_scenario;
};

Populations populations_of(const std::vector<Scenario>& scenarios) {
  const auto same = [](const Scenario& a, const Scenario& b) {
    return std::ranges::equal(a.changes, b.changes, [](const CovariateChange& x, const CovariateChange& y) {
      return x.covariate == y.covariate && x.low == y.low && x.high == y.high;
    });
  };
  Populations populations;
  for (const Scenario& scenario : scenarios) {
    const auto found = std::ranges::find_if(populations.distinct,
                                            [&](const Scenario& other) { return same(scenario, other); });
    populations.of_scenario.push_back(static_cast<std::size_t>(found - populations.distinct.begin()));
    if (found == populations.distinct.end()) populations.distinct.push_back(scenario);
  }
  return populations;
}

void add_notes(const SearchOutcome& outcome, const std::string& source, std::vector<std::string>& notes) {
  if (outcome.not_monotone > 0)
    notes.push_back(
        fmt::format("{}: of {} virtual courses {} do not respond monotonically to the dose; each change is "
                    "counted where it happens",
                    source, outcome.subjects, outcome.not_monotone));
  if (outcome.failed > 0)
    notes.push_back(
        fmt::format("{}: {} of {} virtual courses could not be computed at some dose and count as failures "
                    "there",
                    source, outcome.failed, outcome.subjects));
}

}  // namespace

StudiedDoses studied_doses(const Trial& trial) {
  StudiedDoses studied;
  std::map<double, int> durations;
  for (const Subject& subject : trial.subjects) {
    double total = 0;
    for (const Dose& dose : subject.doses) total += dose.amount, ++durations[dose.duration];
    const std::size_t count = subject.doses.size();
    if (count == 0) continue;
    // The last dose is followed by an interval like those before it; a single dose counts as one a day.
    const double span = subject.doses.back().time - subject.doses.front().time;
    const double hours =
        count > 1 && span > 0 ? span * static_cast<double>(count) / static_cast<double>(count - 1) : 24;
    studied.largest_rate = std::max(studied.largest_rate, total / hours);
  }
  if (!durations.empty())
    studied.duration = std::ranges::max_element(durations, {}, [](const auto& d) { return d.second; })->first;
  return studied;
}

Result<Doses> search_doses(const PopulationModel& model,
                           const std::vector<std::vector<double>>& trial_covariates,
                           const StudiedDoses& studied, const std::vector<PopulationSource>& sources,
                           const DoseSettings& settings, Progress& progress,
                           const std::vector<Scenario>& scenarios) {
  if (Errors errors = check(settings, trial_covariates, sources); !errors.empty()) return errors;
  Doses doses{settings.threshold, settings.direction, {}, {}};
  const std::vector<Scenario> chosen =
      scenarios.empty() ? standard_scenarios(model, settings.target, settings.reduced_target, doses.notes)
                        : scenarios;
  const Populations populations = populations_of(chosen);
  const std::vector<Regimen> choices = regimens(settings, studied.largest_rate);
  const SearchProblem problem{model,   trial_covariates, populations.distinct,
                              choices, studied.duration, settings};
  for (const PopulationSource& source : sources) {
    const SearchOutcome outcome = solve_population(problem, source, progress);
    if (outcome.interrupted)
      return Error{Fault::numerical, "interrupted before all doses were found", "", ""};
    for (std::size_t s = 0; s < chosen.size(); ++s)
      for (std::size_t r = 0; r < choices.size(); ++r)
        doses.answers.push_back(make_answer(chosen[s], choices[r], source.name,
                                            outcome.attainment[populations.of_scenario[s]][r], settings,
                                            studied.largest_rate, goes_beyond(chosen[s], model)));
    add_notes(outcome, source.name, doses.notes);
  }
  compare_targets(doses.answers);
  return doses;
}

Result<std::vector<std::vector<double>>> covariate_rows(const PopulationModel& model, const Trial& trial) {
  std::vector<std::vector<double>> rows(trial.subjects.size());
  for (const PopulationCovariate& covariate : model.covariates) {
    const int column = covariate_index(trial, covariate.name);
    if (column < 0)
      return Error{Fault::bad_input,
                   fmt::format("the trial has no covariate {}, which the model uses", covariate.name),
                   trial.name, "give the trial that was fitted"};
    for (std::size_t i = 0; i < rows.size(); ++i)
      rows[i].push_back(trial.subjects[i].covariates[static_cast<std::size_t>(column)]);
  }
  return rows;
}

Result<Doses> search_doses(const PopulationModel& model, const Trial& trial,
                           const std::vector<PopulationSource>& sources, const DoseSettings& settings,
                           Progress& progress, const std::vector<Scenario>& scenarios) {
  const auto rows = covariate_rows(model, trial);
  if (!rows) return rows.errors();
  return search_doses(model, *rows, studied_doses(trial), sources, settings, progress, scenarios);
}

}  // namespace qdose
