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
constexpr std::size_t most_replicates = 200;
constexpr std::size_t persons_of_a_replicate = 2 * lanes;

/// Two significant digits, for people to choose from.
double round_number(double value) { return std::strtod(fmt::format("{:.2g}", value).c_str(), nullptr); }

std::vector<double> thresholds_around(double threshold) {
  std::vector<double> values{threshold};
  for (const double factor : {0.75, 1.25})
    if (const double value = round_number(factor * threshold); value != threshold) values.push_back(value);
  std::ranges::sort(values);
  return values;
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

/// What the table varies, as positions in the model.
struct Axes {
  std::optional<std::size_t> spread, level;
};

int position_of(const std::vector<double>& levels, double value) {
  const auto found = std::ranges::find(levels, value);
  return found == levels.end() ? -1 : static_cast<int>(found - levels.begin());
}

bool is_one_value(const CovariateChange& change) {
  return change.law == Law::value || (change.law == Law::uniform && change.low == change.high);
}

/// A scenario in the table's terms; nothing when it changes what the table does not vary.
std::optional<VirtualScenario> in_the_table(const Scenario& scenario, const Axes& axes,
                                            const VirtualSubjects& table) {
  VirtualScenario result{scenario.name, scenario.description, scenario.target, false, 0, 0, {}};
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

VirtualSubjects empty_table(const SubjectQuestion& question, const Axes& axes,
                            const PopulationSource& source) {
  const auto& [model, people, scenarios, regimens, settings] = question;
  VirtualSubjects table;
  table.source = source.name, table.direction = settings.direction;
  table.thresholds = thresholds_around(settings.threshold);
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
  for (const Scenario& scenario : scenarios)
    if (const auto own = in_the_table(scenario, axes, table)) table.scenarios.push_back(*own);
  table.replicates = std::min(source.replicates, most_replicates);
  table.persons = std::min(persons_of_a_replicate, static_cast<std::size_t>(std::max(settings.subjects, 1)));
  table.natural.resize(table.people()), table.spread.resize(table.people());
  table.natural_level.resize(table.people());
  table.doses.resize(table.offset(table.variants(), 0, 0));
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

/// Every variant, then people as in the trial, then these with the spread covariate even.
std::vector<Scenario> table_populations(const Axes& axes, const VirtualSubjects& table) {
  std::vector<Scenario> populations;
  for (std::size_t v = 0; v < table.variants(); ++v)
    populations.push_back(variant_population(axes, table, v));
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
      for (std::size_t variant = 0; variant < table_.variants(); ++variant) solve(responses, variant, first);
    }
  }

 private:
  void note_covariates(std::size_t first) {
    const Octet natural = draw_octet(problem_, replicate_, table_.variants(), first);
    for (std::size_t k = first; k < std::min(first + lanes, table_.persons); ++k) {
      const std::size_t i = replicate_.number * table_.persons + k;
      if (axes_.spread) table_.natural[i] = natural.covariates[k - first][*axes_.spread];
      if (axes_.level)
        table_.natural_level[i] = static_cast<std::uint8_t>(
            std::max(0, position_of(table_.levels, natural.covariates[k - first][*axes_.level])));
    }
    if (!axes_.spread) return;
    const Octet even = draw_octet(problem_, replicate_, table_.variants() + 1, first);
    for (std::size_t k = first; k < std::min(first + lanes, table_.persons); ++k)
      table_.spread[replicate_.number * table_.persons + k] = even.covariates[k - first][*axes_.spread];
  }

  void solve(std::vector<IntervalResponse>& responses, std::size_t variant, std::size_t first) {
    const Octet octet = draw_octet(problem_, replicate_, variant, first);
    const Direction direction = problem_.settings.direction == "above" ? Direction::above : Direction::below;
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
  const Axes axes{chosen_covariate(question.model, question.scenarios, false),
                  chosen_covariate(question.model, question.scenarios, true)};
  VirtualSubjects table = empty_table(question, axes, source);
  const SearchProblem problem{
      question.model, question.people, table_populations(axes, table), {}, question.settings};
  std::atomic<bool> stopped = false;
  std::mutex guard;
  std::size_t done = 0;
  progress.begin("subjects of the report", table.replicates);
  parallel_for(table.replicates, question.settings.threads, [&](std::size_t replicate) {
    if (interrupted()) stopped = true;
    if (stopped) return;
    ReplicateRows(problem, question.regimens, source, axes, replicate, table).fill();
    const std::lock_guard lock(guard);
    progress.update(++done);
  });
  progress.end();
  if (stopped) return Error{Fault::numerical, "interrupted before the subjects were solved", "", ""};
  return table;
}

Result<VirtualSubjects> tabulate_subjects(const PopulationModel& model, const Trial& trial,
                                          const PopulationSource& source, const DoseSettings& settings,
                                          Progress& progress) {
  const auto rows = covariate_rows(model, trial);
  if (!rows) return rows.errors();
  const StudiedDoses studied = studied_doses(trial);
  std::vector<std::string> notes;  // the search has said them
  const TrialPeople people(*rows);
  const std::vector<Regimen> usual = regimens(settings, studied, notes);
  const SearchPlan plan =
      plan_search(usual_scenarios(model, settings, studied, notes), usual, model, people, notes);
  return tabulate_subjects({model, people, plan.scenarios, usual, settings}, source, progress);
}

}  // namespace qdose
