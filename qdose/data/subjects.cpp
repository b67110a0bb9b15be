#include "qdose/data/subjects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "qdose/base/text.hpp"

namespace qdose {
namespace {

constexpr std::size_t most_doses = 1000000;  ///< of a whole trial, additional doses included

/// What happens to the trial as a whole, for the notes.
struct Counts {
  std::size_t scattered = 0, replicates = 0, late_doses = 0, zero_concentrations = 0, doses = 0;
  int first_replicate = 0, first_late_dose = 0;
};

/// A dose with the record that it comes from.
struct SourcedDose {
  Dose dose;
  const Record* source;
};

/// Records of one subject, in the file's order.
struct Group {
  std::vector<const Record*> records;
  int blocks = 0;
};

/// Groups by ID in the order of appearance; faults where TIME goes back within consecutive rows of a subject.
std::vector<Group> group_by_id(std::span<const Record> records, Faults& faults) {
  std::vector<Group> groups;
  std::unordered_map<std::string, std::size_t> position;
  const Record* last = nullptr;
  for (const Record& record : records) {
    const auto [entry, is_new] = position.emplace(record.id, groups.size());
    if (is_new) groups.emplace_back();
    Group& group = groups[entry->second];
    const bool goes_on = last && last->id == record.id;
    group.blocks += !goes_on;
    if (goes_on && record.time < last->time)
      faults.add(record.line, record.time_column,
                 fmt::format("TIME goes back from {} to {} within subject {}", last->time, record.time,
                             in_quotes(record.id)),
                 "sort each subject's rows by TIME; a new period needs an ID of its own");
    group.records.push_back(&record);
    last = &record;
  }
  for (Group& group : groups)
    std::ranges::stable_sort(group.records, {}, [](const Record* record) { return record->time; });
  return groups;
}

std::vector<Dose> collect_doses(const Group& group, Counts& counts, Faults& faults) {
  std::vector<SourcedDose> doses;
  for (const Record* record : group.records) {
    if (record->event != Event::dose) continue;
    if (record->time < 0)
      faults.add(record->line, record->time_column, fmt::format("a dose at TIME {}", record->time),
                 "count TIME from the first dose; samples before it have a negative TIME");
    counts.doses += static_cast<std::size_t>(record->additional_doses) + 1;
    if (counts.doses > most_doses) continue;  // said once, at the end
    for (int k = 0; k <= record->additional_doses; ++k)
      doses.push_back({{record->time + k * record->dose_interval, record->amount, record->duration}, record});
  }
  std::ranges::stable_sort(doses, {}, [](const SourcedDose& d) { return d.dose.time; });
  std::vector<Dose> result;
  for (std::size_t i = 0; i < doses.size(); ++i) {
    if (i > 0 && doses[i].dose.time == doses[i - 1].dose.time)
      faults.add(doses[i].source->line, doses[i].source->time_column,
                 fmt::format("two doses at TIME {} in subject {} (the other in line {})", doses[i].dose.time,
                             in_quotes(doses[i].source->id), doses[i - 1].source->line),
                 "remove one, or write both as one dose");
    result.push_back(doses[i].dose);
  }
  return result;
}

/// Values of one kind; the same value twice at one time is a repeated record, another value a replicate.
std::vector<Observation> collect_values(const Group& group, Observed observed, Counts& counts,
                                        Faults& faults) {
  std::vector<Observation> values;
  for (const Record* record : group.records) {
    if (record->event != Event::observation || record->observed != observed || !record->value) continue;
    if (observed == Observed::concentration && *record->value < 0)
      faults.add(record->line, record->event_column, fmt::format("a concentration of {}", *record->value),
                 "MDV 1 leaves the value out");
    if (!values.empty() && values.back().time == record->time) {
      if (values.back().value == *record->value)
        faults.add(record->line, record->event_column,
                   fmt::format("the observation of line {} is repeated", values.back().line),
                   "remove one of them");
      else if (counts.replicates++ == 0)
        counts.first_replicate = record->line;
    }
    values.push_back({record->time, *record->value, record->line, record->limit, record->below_limit});
  }
  return values;
}

void count_late_doses(const Group& group, const Subject& subject, Counts& counts) {
  double last = -INFINITY;
  for (const auto* values : {&subject.concentrations, &subject.responses})
    if (!values->empty()) last = std::max(last, values->back().time);
  for (const Record* record : group.records) {
    if (record->event != Event::dose || record->time <= last) continue;
    if (counts.late_doses++ == 0) counts.first_late_dose = record->line;
  }
}

void add_notes(const Counts& counts, std::span<const SubjectRecords> subjects,
               std::vector<std::string>& notes) {
  if (counts.scattered > 0)
    notes.push_back(
        fmt::format("{} subjects stand in several blocks of rows: taken together", counts.scattered));
  if (counts.replicates > 0)
    notes.push_back(
        fmt::format("{} observations share subject, time and kind with another one (first in line {}): "
                    "all are kept, as replicates",
                    counts.replicates, counts.first_replicate));
  if (counts.late_doses > 0)
    notes.push_back(
        fmt::format("{} dose rows come after the subject's last observation (first in line {}): is TIME "
                    "in hours throughout?",
                    counts.late_doses, counts.first_late_dose));
  if (counts.zero_concentrations > 0)
    notes.push_back(
        fmt::format("{} concentrations after the first dose are 0: kept as measured; MDV 1 leaves values "
                    "below the limit of quantification out",
                    counts.zero_concentrations));
  const auto negative = std::ranges::count_if(subjects, [](const SubjectRecords& s) {
    return std::ranges::any_of(s.subject.responses, [](const Observation& o) { return o.value <= 0; });
  });
  if (negative > 0)
    notes.push_back(
        fmt::format("{} subjects have biomarker values of 0 or less: the biomarker classes expect positive "
                    "values",
                    negative));
}

std::size_t zeros_after_dose(const Subject& subject) {
  return static_cast<std::size_t>(std::ranges::count_if(subject.concentrations, [&](const Observation& o) {
    return o.value == 0 && !subject.doses.empty() && o.time > subject.doses.front().time;
  }));
}

}  // namespace

std::vector<SubjectRecords> group_subjects(std::span<const Record> records, Faults& faults,
                                           std::vector<std::string>& notes) {
  std::vector<SubjectRecords> subjects;
  Counts counts;
  for (const Group& group : group_by_id(records, faults)) {
    SubjectRecords& entry = subjects.emplace_back();
    Subject& subject = entry.subject;
    subject.id = group.records.front()->id;
    subject.doses = collect_doses(group, counts, faults);
    subject.concentrations = collect_values(group, Observed::concentration, counts, faults);
    subject.responses = collect_values(group, Observed::response, counts, faults);
    for (const Record* record : group.records) entry.rows.push_back(record->row);
    counts.scattered += group.blocks > 1;
    counts.zero_concentrations += zeros_after_dose(subject);
    count_late_doses(group, subject, counts);
  }
  if (counts.doses > most_doses)
    faults.add(0, 0, fmt::format("{} doses, ADDL included: more than {}", counts.doses, most_doses),
               "check ADDL");
  add_notes(counts, subjects, notes);
  return subjects;
}

}  // namespace qdose
