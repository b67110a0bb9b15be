#include "qdose/dosing/subject_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <mutex>

#include "qdose/base/interrupt.hpp"
#include "qdose/base/threads.hpp"
#include "qdose/dosing/search.hpp"
#include "qdose/dosing/search_plan.hpp"

namespace qdose {
namespace {

constexpr std::size_t most_levels = 4;
constexpr std::size_t most_own = 4;
constexpr std::size_t most_replicates = 200;
constexpr std::size_t most_choices = 5;  // thresholds, and regimens: each is a table of its own
constexpr std::size_t persons_of_a_replicate = 2 * lanes;

/// Two significant digits, for people to choose from.
double round_number(double value) { return std::strtod(fmt::format("{:.2g}", value).c_str(), nullptr); }

/// Adds `value` unless it is there, or there are enough.
template <class T, class Same>
void add_choice(std::vector<T>& values, const T& value, const Same& same) {
  const bool known = std::ranges::any_of(values, [&](const T& other) { return same(other, value); });
  if (!known && values.size() < most_choices) values.push_back(value);
}

Direction direction_of(const DoseSettings& settings) {
  return settings.direction == "above" ? Direction::above : Direction::below;
}

/// Whether the table can answer a scenario's question, apart from whom it is about.
bool asks_of_the_biomarker(const Scenario& scenario, const DoseSettings& settings) {
  return scenario.endpoint ==
         throughout(Quantity::biomarker, direction_of(settings), scenario.endpoint.threshold);
}

std::vector<double> thresholds_of_table(const std::vector<Scenario>& scenarios,
                                        const DoseSettings& settings) {
  std::vector<double> values{settings.threshold};
  for (const double factor : {0.75, 1.25})
    add_choice(values, round_number(factor * settings.threshold), std::equal_to<>());
  for (const Scenario& scenario : scenarios)
    if (asks_of_the_biomarker(scenario, settings))
      add_choice(values, scenario.endpoint.threshold, std::equal_to<>());
  std::ranges::sort(values);
  return values;
}

/// The scenarios' regimens, then the usual ones.
std::vector<Regimen> regimens_of_table(const SubjectQuestion& question) {
  std::vector<Regimen> all;
  const auto same = [](const Regimen& a, const Regimen& b) {
    return a.name == b.name || a.repetition == b.repetition;
  };
  for (const Scenario& scenario : question.scenarios)
    if (asks_of_the_biomarker(scenario, question.settings))
      for (const Regimen& regimen : scenario.regimens) add_choice(all, regimen, same);
  for (const Regimen& regimen : question.regimens) add_choice(all, regimen, same);
  return all;
}

/// The first covariate of that kind which some scenario changes, else the first that has an effect.
std::optional<std::size_t> chosen_covariate(const PopulationModel& model,
                                            const std::vector<Scenario>& scenarios, bool categorical) {
  const auto fits = [&](std::size_t c) {
    return model.covariates[c].categorical == categorical &&
           (!categorical || model.covariates[c].levels.size() <= most_levels);
  };
  for (const Scenario& scenario : scenarios)
    for (const CovariateChange& change : scenario.changes)
      if (fits(change.covariate)) return change.covariate;
  for (const CovariateEffect& effect : model.effects)
    if (fits(effect.covariate)) return effect.covariate;
  return std::nullopt;
}

/// What the table varies, as positions in the model, and populations that this cannot describe.
struct Axes {
  std::optional<std::size_t> spread, level;
  std::vector<Scenario> own = {};
};

int position_of(const std::vector<double>& levels, double value) {
  const auto found = std::ranges::find(levels, value);
  return found == levels.end() ? -1 : static_cast<int>(found - levels.begin());
}

bool is_one_value(const CovariateChange& change) {
  return change.law == Law::value || (change.law == Law::uniform && change.low == change.high);
}

/// A scenario apart from whom it is about.
VirtualScenario described(const Scenario& scenario) {
  VirtualScenario result;
  result.name = scenario.name, result.description = scenario.description;
  result.target = scenario.target, result.threshold = scenario.endpoint.threshold;
  return result;
}

/// A scenario in the table's terms; nothing when it changes what the table does not vary.
std::optional<VirtualScenario> in_the_table(const Scenario& scenario, const Axes& axes,
                                            const VirtualSubjects& table) {
  VirtualScenario result = described(scenario);
  for (const CovariateChange& change : scenario.changes) {
    if (axes.spread == change.covariate && change.law == Law::uniform && !change.keeps_rank.value_or(false)) {
      result.is_spread = true, result.low = change.low, result.high = change.high;
    } else if (axes.level == change.covariate && is_one_value(change) &&
               position_of(table.levels, change.low) >= 0) {
      result.level = position_of(table.levels, change.low);
    } else {
      return std::nullopt;
    }
  }
  return result;
}

/// Scenarios that the table can ask; those that its variants cannot describe get a population of their own.
void add_scenarios(const SubjectQuestion& question, Axes& axes, VirtualSubjects& table) {
  for (const Scenario& scenario : question.scenarios) {
    const bool possible =
        asks_of_the_biomarker(scenario, question.settings) &&
        std::ranges::find(table.thresholds, scenario.endpoint.threshold) != table.thresholds.end();
    if (!possible) continue;
    std::optional<VirtualScenario> found = in_the_table(scenario, axes, table);
    if (!found && axes.own.size() < most_own) {
      found = described(scenario), found->own = static_cast<int>(axes.own.size());
      axes.own.push_back(scenario);
    }
    if (found) table.scenarios.push_back(*found);
  }
  table.own = axes.own.size();
}

VirtualSubjects empty_table(const SubjectQuestion& question, const std::vector<Regimen>& regimens, Axes& axes,
                            const PopulationSource& source) {
  const auto& [model, people, scenarios, usual, settings] = question;
  VirtualSubjects table;
  table.source = source.name, table.direction = settings.direction;
  table.thresholds = thresholds_of_table(scenarios, settings);
  for (const Regimen& r : regimens)
    table.regimens.push_back({r.name, r.words, r.repetition.interval, r.grid, r.largest});
  if (axes.level) {
    table.level_covariate = model.covariates[*axes.level].name;
    table.levels = model.covariates[*axes.level].levels;
  }
  if (axes.spread) {
    const PopulationCovariate& covariate = model.covariates[*axes.spread];
    table.spread_covariate = covariate.name;
    table.spread_low = covariate.smallest, table.spread_high = covariate.largest;
    for (const Scenario& scenario : scenarios)
      for (const CovariateChange& change : scenario.changes)
        if (change.covariate == *axes.spread) {
          table.spread_low = std::min(table.spread_low, smallest_value(change));
          table.spread_high = std::max(table.spread_high, largest_value(change));
        }
  }
  add_scenarios(question, axes, table);
  table.replicates = std::min(source.replicates, most_replicates);
  table.persons = std::min(persons_of_a_replicate, static_cast<std::size_t>(std::max(settings.subjects, 1)));
  table.natural.resize(table.people()), table.spread.resize(table.people());
  table.natural_level.resize(table.people());
  table.own_values.resize(table.own * table.people()), table.own_level.resize(table.own * table.people());
  table.doses.resize(table.offset(table.variants() + table.own, 0, 0));
  return table;
}

CovariateChange evenly(std::size_t covariate, const VirtualSubjects& table) {
  CovariateChange change{covariate, table.spread_low, table.spread_high};
  change.keeps_rank = false;
  return change;
}

/// The population of a variant: covariates as in the trial but for what the variant sets.
Scenario variant_population(const Axes& axes, const VirtualSubjects& table, std::size_t variant) {
  Scenario population;
  if (variant / table.level_count() == 1) population.changes.push_back(evenly(*axes.spread, table));
  if (axes.level) {
    const double level = table.levels[variant % table.level_count()];
    population.changes.push_back({*axes.level, level, level, Law::value});
  }
  return population;
}

/// Every variant, own populations, then people as in the trial, then these with the spread covariate even.
std::vector<Scenario> table_populations(const Axes& axes, const VirtualSubjects& table) {
  std::vector<Scenario> populations;
  for (std::size_t v = 0; v < table.variants(); ++v)
    populations.push_back(variant_population(axes, table, v));
  populations.insert(populations.end(), axes.own.begin(), axes.own.end());
  populations.emplace_back();
  if (axes.spread) populations.emplace_back().changes.push_back(evenly(*axes.spread, table));
  return populations;
}

/// One replicate's part of the table.
class ReplicateRows {
 public:
  ReplicateRows(const SearchProblem& problem, const std::vector<Regimen>& regimens,
                const PopulationSource& source, const Axes& axes, std::size_t number, VirtualSubjects& table)
      : problem_(problem),
        regimens_(regimens),
        axes_(axes),
        table_(table),
        replicate_(problem, source, number) {}

  void fill() {
    const PopulationModel& model =
        replicate_.source.model != nullptr ? *replicate_.source.model : problem_.model;
    std::vector<IntervalResponse> responses;
    for (const Regimen& r : regimens_) responses.emplace_back(model.pk_class, model.pd_class, r.repetition);
    for (std::size_t first = 0; first < table_.persons; first += lanes) {
      note_covariates(first);
      for (std::size_t variant = 0; variant < table_.variants() + table_.own; ++variant)
        solve(responses, variant, first);
    }
  }

 private:
  /// Covariates of eight people of a population, where the table keeps them.
  void note(std::size_t population, std::size_t first, double* spread, std::uint8_t* level) {
    const Octet octet = draw_octet(problem_, replicate_, population, first);
    for (std::size_t k = first; k < std::min(first + lanes, table_.persons); ++k) {
      const std::size_t i = replicate_.number * table_.persons + k;
      const auto& own = octet.covariates[k - first];
      if (axes_.spread && spread != nullptr) spread[i] = own[*axes_.spread];
      if (axes_.level && level != nullptr)
        level[i] = static_cast<std::uint8_t>(std::max(0, position_of(table_.levels, own[*axes_.level])));
    }
  }
  void note_covariates(std::size_t first) {
    const std::size_t natural = table_.variants() + table_.own;
    note(natural, first, table_.natural.data(), table_.natural_level.data());
    if (axes_.spread) note(natural + 1, first, table_.spread.data(), nullptr);
    for (std::size_t k = 0; k < table_.own; ++k)
      note(table_.variants() + k, first, &table_.own_values[k * table_.people()],
           &table_.own_level[k * table_.people()]);
  }

  void solve(std::vector<IntervalResponse>& responses, std::size_t variant, std::size_t first) {
    const Octet octet = draw_octet(problem_, replicate_, variant, first);
    const Direction direction = direction_of(problem_.settings);
    for (std::size_t r = 0; r < regimens_.size(); ++r) {
      responses[r].set_subjects(octet.parameters);
      const double largest = regimens_[r].largest;
      for (std::size_t t = 0; t < table_.thresholds.size(); ++t) {
        const Endpoint endpoint = throughout(Quantity::biomarker, direction, table_.thresholds[t]);
        const auto found = attained_doses(responses[r], endpoint,
                                          thresholds_of(problem_.settings, endpoint, octet), largest);
        const std::size_t place = table_.offset(variant, r, t) + replicate_.number * table_.persons + first;
        for (std::size_t l = 0; l < std::min(lanes, table_.persons - first); ++l) {
          NeededDose needed{found[l].at_zero, {}};
          if (found[l].count > 0) needed.change = found[l].switches[0];
          table_.doses[place + l] = packed(needed, largest);
        }
      }
    }
  }

  const SearchProblem& problem_;
  const std::vector<Regimen>& regimens_;
  const Axes& axes_;
  VirtualSubjects& table_;
  Replicate replicate_;
};

}  // namespace

Result<VirtualSubjects> tabulate_subjects(const SubjectQuestion& question, const PopulationSource& source,
                                          Progress& progress) {
  Axes axes{chosen_covariate(question.model, question.scenarios, false),
            chosen_covariate(question.model, question.scenarios, true)};
  const std::vector<Regimen> regimens = regimens_of_table(question);
  VirtualSubjects table = empty_table(question, regimens, axes, source);
  const SearchProblem problem{
      question.model, question.people, table_populations(axes, table), {}, question.settings};
  std::atomic<bool> stopped = false;
  std::mutex guard;
  std::size_t done = 0;
  progress.begin("subjects of the report", table.replicates);
  parallel_for(table.replicates, question.settings.threads, [&](std::size_t replicate) {
    if (interrupted()) stopped = true;
    if (stopped) return;
    ReplicateRows(problem, regimens, source, axes, replicate, table).fill();
    const std::lock_guard lock(guard);
    progress.update(++done);
  });
  progress.end();
  if (stopped) return Error{Fault::numerical, "interrupted before the subjects were solved", "", ""};
  return table;
}

Result<VirtualSubjects> tabulate_subjects(const PopulationModel& model, const Trial& trial,
                                          const PopulationSource& source, const DoseSettings& settings,
                                          Progress& progress, const std::vector<Scenario>& scenarios) {
  const auto rows = covariate_rows(model, trial);
  if (!rows) return rows.errors();
  const StudiedDoses studied = studied_doses(trial);
  std::vector<std::string> notes;  // the search has said them
  const TrialPeople people(*rows);
  const std::vector<Regimen> usual = regimens(settings, studied, notes);
  const SearchPlan plan =
      plan_search(scenarios.empty() ? usual_scenarios(model, settings, studied, notes) : scenarios, usual,
                  model, people, notes);
  return tabulate_subjects({model, people, plan.scenarios, usual, settings}, source, progress);
}

}  // namespace qdose
