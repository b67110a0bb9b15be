#include "qdose/dosing/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "qdose/dosing/answer.hpp"
#include "qdose/dosing/exposure.hpp"
#include "qdose/dosing/search_plan.hpp"
#include "qdose/dosing/supplements.hpp"

namespace qdose {
namespace {

Errors check(const DoseSettings& s, const std::vector<std::vector<double>>& covariates,
             const std::vector<PopulationSource>& sources) {
  Errors errors = wrong_settings(s);
  if (sources.empty()) errors.push_back({Fault::bad_input, "nobody knows of a population", "", ""});
  if (covariates.empty()) errors.push_back({Fault::bad_input, "the trial has no subjects", "", ""});
  for (const PopulationSource& source : sources)
    if (source.replicates < 2)
      errors.push_back(
          {Fault::bad_input, fmt::format("source {} has fewer than two replicates", source.name), "", ""});
  return errors;
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

/// Sources of one name together, in the order in which names first appear.
std::vector<SolvedSource> by_name(const std::vector<PopulationSource>& sources) {
  std::vector<SolvedSource> groups;
  for (const PopulationSource& source : sources) {
    const auto found = std::ranges::find_if(
        groups, [&](const SolvedSource& group) { return group.members.front().name == source.name; });
    (found == groups.end() ? groups.emplace_back() : *found).members.push_back(source);
  }
  return groups;
}

void add_answers(const SearchPlan& plan, const SearchProblem& problem, const StudiedDoses& studied,
                 const SolvedSource& source, Doses& doses) {
  for (const Question& question : plan.questions) {
    const Scenario& scenario = plan.scenarios[question.scenario];
    const SearchOutcome& outcome = source.outcome;
    DoseAnswer answer = make_answer(
        {scenario, question.regimen, source.members.front().name, outcome.attainment[question.course],
         outcome.required_dose[question.course], outcome.chains,
         question.safety_course ? &outcome.attainment[*question.safety_course] : nullptr,
         studied.largest_rate, goes_beyond(scenario, problem.model), problem.settings.dose_unit});
    answer.virtual_subjects = answer.replicates * static_cast<std::size_t>(problem.settings.subjects);
    answer.exposure = exposure_at(problem, source.members, problem.courses[question.course],
                                  answer.attainment.dose_mg, studied.largest_concentration);
    if (answer.exposure->above_studied > 0.05 && answer.dose_mg)
      answer.sentence += fmt::format(
          " In {:.0f}% of the population the concentration goes beyond the largest "
          "one of the trial ({:.3g}).",
          100 * answer.exposure->above_studied, studied.largest_concentration);
    doses.answers.push_back(std::move(answer));
  }
}

void add_supplements(const SearchPlan& plan, const SearchProblem& problem,
                     const std::vector<SolvedSource>& groups, Doses& doses) {
  const SolvedSource& first = groups.front();
  for (const PopulationSource& member : first.members) {
    const PopulationModel& own = member.model != nullptr ? *member.model : problem.model;
    doses.models.push_back({own.pk_class, own.pd_class, member.weight});
  }
  doses.differences = source_differences(doses.answers);
  doses.comparisons = regimen_comparisons(doses.answers);
  if (!problem.settings.sensitivity) return;
  doses.sensitivity = sensitivity_rows(plan, problem, first);
  doses.surface = dose_surface(plan, problem, first, doses.answers.front().dose_mg);
}

/// Chains that disagree about a parameter may agree about the doses, and the other way round.
void add_chain_note(const std::vector<DoseAnswer>& answers, const std::string& unit,
                    std::vector<std::string>& notes) {
  for (const DoseAnswer& a : answers) {
    if (!chains_disagree(a)) continue;
    std::string each;
    for (const auto& dose : a.crossing_by_chain)
      each += fmt::format("{}{}", each.empty() ? "" : ", ", dose ? fmt::format("{:.3g}", *dose) : "none");
    notes.push_back(
        fmt::format("the chains of the sampler disagree about scenario {}, {}: {} {}; fit with more draws or "
                    "chains (--draws, --chains) before using it",
                    a.scenario, a.regimen, each, unit));
  }
}

void add_precision_note(const std::vector<DoseAnswer>& answers, const DoseSettings& settings,
                        std::vector<std::string>& notes) {
  double worst = 0;
  std::size_t open = 0, replicates = 0;
  for (const DoseAnswer& a : answers) {
    if (a.dose_mg) worst = std::max(worst, a.mc_error);
    open += !a.grid_decided;
    replicates = std::max(replicates, a.replicates);
  }
  if (worst > settings.mc_error)
    notes.push_back(
        fmt::format("the Monte-Carlo error of an attainment is up to {:.4f}, more than mc_error = "
                    "{:g}: more replicates would lower it",
                    worst, settings.mc_error));
  if (open > 0)
    notes.push_back(fmt::format(
        "{} of {} answers lie so close to a step of the grid that Monte-Carlo error alone could move them to "
        "the neighbouring dose (grid_decided: false); see the exact crossing",
        open, answers.size()));
}

}  // namespace

Errors wrong_settings(const DoseSettings& s) {
  Errors errors;
  const auto require = [&](bool good, const char* setting, const char* what) {
    if (!good) errors.push_back({Fault::bad_usage, fmt::format("{} must {}", setting, what), setting, ""});
  };
  require(s.direction == "below" || s.direction == "above", "direction", "be below or above");
  require(s.target >= 0.01 && s.target <= 0.99, "target", "lie in 0.01-0.99");
  require(s.reduced_target >= 0.01 && s.reduced_target <= 0.99, "reduced_target", "lie in 0.01-0.99");
  require(std::isfinite(s.threshold), "threshold", "be a number");
  require(s.grid_daily >= 0 && std::isfinite(s.grid_daily), "grid_daily", "be positive");
  require(s.grid_weekly >= 0 && std::isfinite(s.grid_weekly), "grid_weekly", "be positive");
  require(s.grid_interval >= 0 && std::isfinite(s.grid_interval), "grid_interval", "be positive");
  require(s.interval == 0 || (s.interval >= 0.5 && s.interval <= 2000), "interval", "lie in 0.5-2000 h");
  require(s.largest_daily >= 0, "largest_daily", "be positive");
  require(s.replicates >= 2 && s.replicates <= 5000, "replicates", "lie in 2-5000");
  require(s.most_replicates >= 2 && s.most_replicates <= 100000, "most_replicates", "lie in 2-100000");
  require(s.mc_error >= 0.0005 && s.mc_error <= 0.1, "mc_error", "lie in 0.0005-0.1");
  require(s.subjects >= 50 && s.subjects <= 100000, "subjects", "lie in 50-100000");
  return errors;
}

std::vector<Scenario> usual_scenarios(const PopulationModel& model, const DoseSettings& settings,
                                      const StudiedDoses& studied, std::vector<std::string>& notes) {
  const Direction direction = settings.direction == "above" ? Direction::above : Direction::below;
  if (studied.largest_response > studied.smallest_response &&
      (settings.threshold < studied.smallest_response || settings.threshold > studied.largest_response))
    notes.push_back(
        fmt::format("the threshold {:g} lies outside the biomarker values of the trial, {:.4g} to {:.4g}: is "
                    "it meant for "
                    "this biomarker and its unit (--threshold)?",
                    settings.threshold, studied.smallest_response, studied.largest_response));
  return standard_scenarios(model,
                            {throughout(Quantity::biomarker, direction, settings.threshold), settings.target,
                             settings.reduced_target},
                            notes);
}

StudiedDoses studied_doses(const Trial& trial) {
  StudiedDoses studied;
  std::map<double, int> durations;
  for (const Subject& subject : trial.subjects) {
    double total = 0;
    for (const Observation& o : subject.concentrations)
      studied.largest_concentration = std::max(studied.largest_concentration, o.value);
    for (const Observation& o : subject.responses) {
      studied.smallest_response = std::min(studied.smallest_response, o.value);
      studied.largest_response = std::max(studied.largest_response, o.value);
    }
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
                           const std::vector<Scenario>& scenarios, const WorkShare* share) {
  if (Errors errors = check(settings, trial_covariates, sources); !errors.empty()) return errors;
  Doses doses{settings.threshold, settings.direction, {}, {}};
  doses.dose_unit = settings.dose_unit;
  doses.residual = settings.include_residual ? "included" : "excluded";
  const TrialPeople people(trial_covariates);
  std::vector<std::string> about_usual;
  const std::vector<Regimen> usual = regimens(settings, studied, about_usual);
  if (scenarios.empty() ||
      std::ranges::any_of(scenarios, [](const Scenario& one) { return one.regimens.empty(); }))
    doses.notes = about_usual;  // grids that nobody asked for need no words
  const SearchPlan plan =
      plan_search(scenarios.empty() ? usual_scenarios(model, settings, studied, doses.notes) : scenarios,
                  usual, model, people, doses.notes);
  const SearchProblem problem{model, people, plan.populations, plan.courses, settings, share};
  std::vector<SolvedSource> groups = by_name(sources);
  for (SolvedSource& group : groups) {
    group.outcome = solve_population(problem, group.members, progress);
    if (group.outcome.interrupted)
      return Error{Fault::numerical, "interrupted before all doses were found", "", ""};
    add_answers(plan, problem, studied, group, doses);
    add_notes(group.outcome, group.members.front().name, doses.notes);
    const auto predicted = point_predictions(plan, problem, group);
    doses.point_predictions.insert(doses.point_predictions.end(), predicted.begin(), predicted.end());
  }
  compare_targets(doses.answers, settings.dose_unit);
  add_supplements(plan, problem, groups, doses);
  add_precision_note(doses.answers, settings, doses.notes);
  add_chain_note(doses.answers, settings.dose_unit, doses.notes);
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
                           Progress& progress, const std::vector<Scenario>& scenarios,
                           const WorkShare* share) {
  const auto rows = covariate_rows(model, trial);
  if (!rows) return rows.errors();
  return search_doses(model, *rows, studied_doses(trial), sources, settings, progress, scenarios, share);
}

}  // namespace qdose
