#include "qdose/data/covariates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <set>

#include "qdose/base/text.hpp"
#include "qdose/data/number.hpp"

namespace qdose {
namespace {

/// A column as one value a subject, or the reason why it is none.
struct SubjectValues {
  std::vector<std::optional<double>> values;
  std::string why_not;
};

SubjectValues values_by_subject(const Table& table, int column, std::span<const SubjectRecords> groups) {
  SubjectValues result;
  for (const SubjectRecords& group : groups) {
    std::optional<double> value;
    for (const std::size_t row : group.rows) {
      const Cell& cell = table.rows[row].cells[static_cast<std::size_t>(column)];
      if (is_missing(cell.text)) continue;
      const auto number = to_number(cell.text);
      const int line = table.rows[row].line;
      if (!number) {
        result.why_not = fmt::format("{} in line {} is no number", in_quotes(cell.text), line);
        return result;
      }
      if (value && *value != *number) {
        result.why_not =
            fmt::format("it changes within subject {} (line {})", in_quotes(group.subject.id), line);
        return result;
      }
      value = number;
    }
    result.values.push_back(value);
  }
  return result;
}

std::vector<double> known_values(const SubjectValues& column) {
  std::vector<double> known;
  for (const auto& value : column.values)
    if (value) known.push_back(*value);
  return known;
}

/// True when equal doses go with equal values, over the subjects that `wanted` selects, too often for chance.
template <class Wanted>
bool is_function_of_dose(const SubjectValues& column, std::span<const SubjectRecords> groups, Wanted wanted) {
  std::map<double, double> value_at;
  std::size_t subjects = 0;
  std::set<double> distinct;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const double level = groups[i].subject.dose_level();
    if (!column.values[i] || !wanted(level)) continue;
    const auto [entry, is_new] = value_at.emplace(level, *column.values[i]);
    if (!is_new && entry->second != *column.values[i]) return false;
    distinct.insert(*column.values[i]);
    ++subjects;
  }
  constexpr std::size_t too_often_for_chance = 6;  // 1 in 64 for a 0/1 column
  return distinct.size() > 1 && subjects >= value_at.size() + too_often_for_chance;
}

/// DOSE, ARM, COHORT and the like: part of the design, not of the subject.
bool follows_dose(const std::string& name, const SubjectValues& column,
                  std::span<const SubjectRecords> groups) {
  constexpr std::array design = {"DOSE", "ARM", "COHORT", "TRT", "TRTN", "DOSELEVEL", "DOSEGRP"};
  if (std::ranges::find(design, upper_case(name)) != design.end()) return true;
  bool equal = true;
  for (std::size_t i = 0; i < groups.size(); ++i)
    equal = equal && column.values[i] && *column.values[i] == groups[i].subject.dose_level();
  // Placebo subjects may carry the number of the cohort in which they took part.
  return equal || is_function_of_dose(column, groups, [](double) { return true; }) ||
         is_function_of_dose(column, groups, [](double level) { return level > 0; });
}

bool are_whole(std::span<const double> values) {
  return std::ranges::all_of(values, [](double x) { return x == std::floor(x); });
}

/// A second ID: whole numbers that only grow from subject to subject.
bool numbers_the_subjects(std::span<const double> known) {
  constexpr std::size_t too_many_for_chance = 6;  // 6! = 720 orders
  return known.size() >= too_many_for_chance && are_whole(known) &&
         std::ranges::adjacent_find(known, std::greater_equal<>()) == known.end();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}

/// The most frequent value, the smallest of several.
double most_frequent(std::span<const double> values) {
  std::map<double, int> count;
  for (const double x : values) ++count[x];
  return std::ranges::max_element(count, [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

Covariate describe_covariate(const std::string& name, const std::vector<double>& known) {
  constexpr std::size_t most_levels = 5;
  const std::size_t levels = std::set(known.begin(), known.end()).size();
  const bool categorical = levels <= most_levels && are_whole(known) && known.size() >= 2 * levels;
  const auto [smallest, largest] = std::ranges::minmax(known);
  return {name, categorical ? CovariateKind::categorical : CovariateKind::continuous,
          categorical ? most_frequent(known) : median(known), smallest, largest};
}

/// Why a column of numbers is no covariate; empty when it is one.
std::string why_no_covariate(const std::string& name, const SubjectValues& column,
                             std::span<const SubjectRecords> groups) {
  const std::vector<double> known = known_values(column);
  if (2 * known.size() < groups.size()) return "it is missing for more than half of the subjects";
  if (std::ranges::adjacent_find(known, std::not_equal_to<>()) == known.end())
    return "it is the same for all subjects";
  if (follows_dose(name, column, groups)) return "it follows the dose";
  if (numbers_the_subjects(known)) return "it numbers the subjects";
  const Covariate covariate = describe_covariate(name, known);
  if (covariate.kind == CovariateKind::continuous && covariate.smallest <= 0)
    return fmt::format(
        "a continuous covariate must be positive, but its smallest value is {}; write '.' where it is "
        "missing",
        covariate.smallest);
  return {};
}

void add_covariate(const std::string& name, const SubjectValues& column, Trial& trial) {
  const std::vector<double> known = known_values(column);
  const Covariate covariate = describe_covariate(name, known);
  for (std::size_t i = 0; i < trial.subjects.size(); ++i)
    trial.subjects[i].covariates.push_back(column.values[i].value_or(covariate.reference));
  if (known.size() < trial.subjects.size())
    trial.notes.push_back(fmt::format("{} is missing for {} subjects: {} is taken for them", name,
                                      trial.subjects.size() - known.size(), covariate.reference));
  trial.covariates.push_back(covariate);
}

}  // namespace

void find_covariates(const Table& table, const Columns& columns, std::span<const SubjectRecords> groups,
                     Trial& trial) {
  for (const int i : columns.others) {
    const std::string& name = table.header.cells[static_cast<std::size_t>(i)].text;
    SubjectValues column = values_by_subject(table, i, groups);
    if (column.why_not.empty()) column.why_not = why_no_covariate(name, column, groups);
    if (column.why_not.empty())
      add_covariate(name, column, trial);
    else
      trial.notes.push_back(fmt::format("column {} is no covariate: {}", name, column.why_not));
  }
}

}  // namespace qdose
