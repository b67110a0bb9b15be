#include "qdose/data/kinds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace qdose {
namespace {

/// Compartments of the records that `wanted` selects, with the first record in each.
template <class Wanted>
std::map<int, const Record*> compartments(std::span<const Record> records, Wanted wanted) {
  std::map<int, const Record*> found;
  for (const Record& record : records)
    if (wanted(record) && record.compartment) found.emplace(*record.compartment, &record);
  return found;
}

bool has_value(const Record& record) {
  return record.event == Event::observation && record.value.has_value();
}

}  // namespace

void infer_observed(std::span<Record> records, const Columns& columns, Faults& faults,
                    std::vector<std::string>& notes) {
  if (columns.DVID >= 0) return;
  const char* hint = "add a column DVID: 1 for a concentration, 2 for the biomarker";
  if (columns.CMT < 0) {
    faults.add(0, 0, "there is neither DVID nor CMT: concentrations and biomarker values look alike", hint);
    return;
  }
  const auto missing =
      std::ranges::find_if(records, [](const Record& r) { return has_value(r) && !r.compartment; });
  if (missing != records.end()) {
    faults.add(missing->line, missing->event_column, "an observation without CMT, in a file without DVID",
               hint);
    return;
  }
  const auto observed = compartments(records, has_value);
  if (observed.size() != 2) {
    faults.add(
        0, 0,
        fmt::format("without DVID two observed compartments are needed, but there are {}", observed.size()),
        hint);
    return;
  }
  const int drug = observed.begin()->first, biomarker = observed.rbegin()->first;
  for (Record& record : records)
    if (has_value(record))
      record.observed = record.compartment == drug ? Observed::concentration : Observed::response;
  notes.push_back(
      fmt::format("there is no column DVID: CMT {} is taken as the concentration, CMT {} as the biomarker",
                  drug, biomarker));
}

Route infer_route(std::span<const Record> records, Faults& faults, std::vector<std::string>& notes) {
  const auto is_dose = [](const Record& r) { return r.event == Event::dose; };
  const auto is_concentration = [](const Record& r) { return r.observed == Observed::concentration; };
  const auto is_modelled = [&](const Record& r) { return is_dose(r) && r.modelled_duration; };
  const auto given =
      std::ranges::find_if(records, [&](const Record& r) { return is_dose(r) && !r.modelled_duration; });
  if (std::ranges::any_of(records, is_modelled)) {
    if (given != records.end())
      faults.add(given->line, given->event_column, "RATE -2 on some doses only",
                 "the duration is estimated for all doses of a trial, or for none");
    return Route::infusion;
  }
  if (std::ranges::any_of(records, [&](const Record& r) { return is_dose(r) && r.duration > 0; }))
    return Route::infusion;
  const auto dosed = compartments(records, is_dose), observed = compartments(records, is_concentration);
  if (dosed.size() > 1) {
    const Record& other = *dosed.rbegin()->second;
    faults.add(
        other.line, other.event_column,
        fmt::format("doses enter the compartments {} and {}", dosed.begin()->first, dosed.rbegin()->first),
        "a trial has one route: keep the doses of one CMT");
  }
  if (dosed.size() != 1 || observed.size() != 1 || dosed.begin()->first == 0 ||
      observed.begin()->first == 0) {
    notes.emplace_back("CMT does not tell whether the drug is given into a vein: every route is considered");
    return Route::unknown;
  }
  return dosed.begin()->first == observed.begin()->first ? Route::bolus : Route::extravascular;
}

}  // namespace qdose
