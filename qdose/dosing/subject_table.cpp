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

/// A scenario in the table's terms; nothing when it changes what the table does not vary.
std::optional<VirtualScenario> in_the_table(const Scenario& scenario, const Axes& axes,
                                            const VirtualSubjects& table) {
  VirtualScenario result{scenario.name, scenario.description, scenario.target, false, 0, 0, {}};
  for (const CovariateChange& change : scenario.changes) {
    if (axes.spread == change.covariate && change.low < change.high) {
      result.is_spread = true, result.low = change.low, result.high = change.high;
    } else if (axes.level == change.covariate && position_of(table.levels, change.low) >= 0) {
      result.level = position_of(table.levels, change.low);
    } else {
      return std::nullopt;
    }
  }
  return result;
}

VirtualSubjects empty_table(const SearchProblem& problem, const std::vector<Scenario>& scenarios,
                            const Axes& axes, const PopulationSource& source) {
  VirtualSubjects table;
  table.source = source.name, table.direction = problem.settings.direction;
  table.thresholds = thresholds_around(problem.settings.threshold);
  for (const Regimen& r : problem.regimens)
    table.regimens.push_back({r.name, r.words, r.interval, r.grid, r.largest});
  if (axes.level) {
    table.level_covariate = problem.model.covariates[*axes.level].name;
    table.levels = problem.model.covariates[*axes.level].levels;
  }
  if (axes.spread) {
    const PopulationCovariate& covariate = problem.model.covariates[*axes.spread];
    table.spread_covariate = covariate.name;
    table.spread_low = covariate.smallest, table.spread_high = covariate.largest;
    for (const Scenario& scenario : scenarios)
      for (const CovariateChange& change : scenario.changes)
        if (change.covariate == *axes.spread) {
          table.spread_low = std::min(table.spread_low, change.low);
          table.spread_high = std::max(table.spread_high, change.high);
        }
  }
  for (const Scenario& scenario : scenarios)
    if (const auto own = in_the_table(scenario, axes, table)) table.scenarios.push_back(*own);
  table.replicates = std::min(source.replicates, most_replicates);
  table.persons =
      std::min(persons_of_a_replicate, static_cast<std::size_t>(std::max(problem.settings.subjects, 1)));
  table.natural.resize(table.people()), table.spread.resize(table.people());
  table.natural_level.resize(table.people());
  table.doses.resize(table.offset(table.variants(), 0, 0));
  return table;
}

/// The population of a variant: covariates as in the trial but for what the variant sets.
Scenario variant_population(const Axes& axes, const VirtualSubjects& table, std::size_t variant) {
  Scenario population;
  if (variant / table.level_count() == 1)
    population.changes.push_back({*axes.spread, table.spread_low, table.spread_high});
  if (axes.level) {
    const double level = table.levels[variant % table.level_count()];
    population.changes.push_back({*axes.level, level, level});
  }
  return population;
}

/// One replicate's part of the table.
class ReplicateRows {
 public:
  ReplicateRows(const SearchProblem& problem, const PopulationSource& source, const Axes& axes,
                std::size_t row, VirtualSubjects& table)
      : problem_(problem),
        source_(source),
        axes_(axes),
        table_(table),
        row_(row),
        replicate_(row * source.replicates / table.replicates) {}

  void fill() {
    fill_covariates();
    std::vector<SteadyResponse> responses;
    for (const Regimen& r : problem_.regimens)
      responses.emplace_back(problem_.model.pk_class, problem_.model.pd_class,
                             Repetition{r.interval, std::min(problem_.dose_duration, r.interval)});
    for (std::size_t variant = 0; variant < table_.variants(); ++variant)
      for (std::size_t t = 0; t < table_.thresholds.size(); ++t)
        for (std::size_t first = 0; first < table_.persons; first += lanes)
          solve(responses, variant, t, first);
  }

 private:
  void fill_covariates() {
    Scenario spread;
    if (axes_.spread) spread.changes.push_back({*axes_.spread, table_.spread_low, table_.spread_high});
    for (std::size_t k = 0; k < table_.persons; ++k) {
      const std::size_t i = row_ * table_.persons + k;
      const auto natural = covariates_of(problem_, {}, replicate_, k);
      if (axes_.spread) {
        table_.natural[i] = natural[*axes_.spread];
        table_.spread[i] = covariates_of(problem_, spread, replicate_, k)[*axes_.spread];
      }
      if (axes_.level)
        table_.natural_level[i] =
            static_cast<std::uint8_t>(std::max(0, position_of(table_.levels, natural[*axes_.level])));
    }
  }

  void solve(std::vector<SteadyResponse>& responses, std::size_t variant, std::size_t threshold,
             std::size_t first) {
    DoseSettings settings = problem_.settings;
    settings.threshold = table_.thresholds[threshold];
    const SearchProblem problem{problem_.model,    problem_.trial_covariates, problem_.populations,
                                problem_.regimens, problem_.dose_duration,    settings};
    const Octet octet =
        draw_octet(problem, source_, variant_population(axes_, table_, variant), replicate_, first);
    const Direction direction = settings.direction == "below" ? Direction::below : Direction::above;
    for (std::size_t r = 0; r < problem.regimens.size(); ++r) {
      responses[r].set_subjects(octet.parameters);
      const double largest = problem.regimens[r].largest;
      const auto found = attained_doses(responses[r], octet.threshold, direction, largest);
      const std::size_t place = table_.offset(variant, r, threshold) + row_ * table_.persons + first;
      for (std::size_t l = 0; l < std::min(lanes, table_.persons - first); ++l) {
        NeededDose needed{found[l].at_zero, {}};
        if (found[l].count > 0) needed.change = found[l].switches[0];
        table_.doses[place + l] = packed(needed, largest);
      }
    }
  }

  const SearchProblem& problem_;
  const PopulationSource& source_;
  const Axes& axes_;
  VirtualSubjects& table_;
  std::size_t row_, replicate_;
};

}  // namespace

Result<VirtualSubjects> tabulate_subjects(const SearchProblem& problem,
                                          const std::vector<Scenario>& scenarios,
                                          const PopulationSource& source, Progress& progress) {
  const Axes axes{chosen_covariate(problem.model, scenarios, false),
                  chosen_covariate(problem.model, scenarios, true)};
  VirtualSubjects table = empty_table(problem, scenarios, axes, source);
  std::atomic<bool> stopped = false;
  std::mutex guard;
  std::size_t done = 0;
  progress.begin("subjects of the report", table.replicates);
  parallel_for(table.replicates, problem.settings.threads, [&](std::size_t row) {
    if (interrupted()) stopped = true;
    if (stopped) return;
    ReplicateRows(problem, source, axes, row, table).fill();
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
  std::vector<std::string> notes;
  const std::vector<Scenario> scenarios =
      standard_scenarios(model, settings.target, settings.reduced_target, notes);
  const std::vector<Regimen> choices = regimens(settings, studied.largest_rate);
  const SearchProblem problem{model, *rows, scenarios, choices, studied.duration, settings};
  return tabulate_subjects(problem, scenarios, source, progress);
}

}  // namespace qdose
