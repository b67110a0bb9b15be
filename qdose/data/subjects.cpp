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
  std::size_t restarted = 0, resets = 0, steady = 0, together = 0;
  int first_replicate = 0, first_late_dose = 0;
};

/// A dose with the record that it comes from.
struct SourcedDose {
  Dose dose;
  const Record* source;
};

/// Records of one subject, in the file's order; `later` is what is added to TIME since a reset after which
/// TIME started anew.
struct Group {
  std::vector<Record> records;
  int blocks = 0;
  double later = 0;
};

/// A reset may start TIME anew: the clock then goes on from the next full day after the last record.
double clock_after_reset(const Record& reset, const Record& last) {
  constexpr double day = 24;
  if (reset.time >= last.time) return 0;
  return day * (std::floor((last.time - reset.time) / day) + 1);
}

/// Groups by ID in the order of appearance; faults where TIME goes back within consecutive rows of a subject
/// without a reset.
std::vector<Group> group_by_id(std::span<const Record> records, Counts& counts, Faults& faults) {
  std::vector<Group> groups;
  std::unordered_map<std::string, std::size_t> position;
  const Record* last = nullptr;
  for (const Record& record : records) {
    const auto [entry, is_new] = position.emplace(record.id, groups.size());
    if (is_new) groups.emplace_back();
    Group& group = groups[entry->second];
    const bool goes_on = last && last->id == record.id;
    group.blocks += !goes_on;
    counts.resets += record.resets;
    if (goes_on && record.time < last->time) {
      if (record.resets) {
        ++counts.restarted;
        group.later += clock_after_reset(record, *last);
      } else {
        faults.add(
            record.line, record.time_column,
            fmt::format("TIME goes back from {} to {} within subject {}", last->time, record.time,
                        in_quotes(record.id)),
            "sort each subject's rows by TIME, which counts from the first dose and not from the latest; "
            "a new period starts with EVID 3 or 4, or has an ID of its own");
      }
    }
    group.records.push_back(record);
    group.records.back().time += group.later;
    last = &record;
  }
  for (Group& group : groups) std::ranges::stable_sort(group.records, {}, &Record::time);
  return groups;
}

/// The time after which a reset counts. Values at its own time are taken before it if some row of them is,
/// and else after it: a hair earlier.
double reset_time(const Group& group, const Record& reset) {
  for (const Record& other : group.records) {
    if (&other == &reset) break;
    if (other.value && other.time == reset.time) return reset.time;
  }
  return std::nextafter(reset.time, -INFINITY);
}

/// Time of the first reset after `record`: it cancels the additional doses that are still to come.
double next_reset(const Group& group, const Record& record) {
  for (const Record& other : group.records)
    if (other.resets && other.time > record.time) return other.time;
  return INFINITY;
}

/// Gives every reset to the dose that follows it. Fault: values after a reset that no dose follows.
void assign_resets(const Group& group, std::vector<SourcedDose>& doses, Faults& faults) {
  for (const Record& record : group.records) {
    if (!record.resets) continue;
    const auto next = std::ranges::find_if(doses, [&](const SourcedDose& d) {
      return d.source == &record || (record.event == Event::reset && d.dose.time >= record.time);
    });
    if (next != doses.end())
      next->dose.reset = reset_time(group, record);
    else if (std::ranges::any_of(group.records,
                                 [&](const Record& r) { return r.value && r.time > record.time; }))
      faults.add(record.line, record.time_column, "values follow a reset, but no dose does",
                 "leave them out (MDV 1), or give the later rows an ID of their own");
  }
}

/// SS 2 adds a regimen that was always given: values before it would have shown it.
void check_added(const Group& group, const Record& dose, Faults& faults) {
  double start = -INFINITY;
  for (const Record& r : group.records)
    if (r.resets && r.time <= dose.time) start = r.time;
  if (std::ranges::any_of(group.records,
                          [&](const Record& r) { return r.value && r.time >= start && r.time < dose.time; }))
    faults.add(dose.line, dose.time_column,
               "SS 2 after a value: the dose that it adds would have acted on that value too",
               "write out the earlier doses with ADDL and II");
}

/// Two doses at one time are given together (a loading bolus and an infusion); the same dose twice is a
/// fault.
void check_together(std::span<const SourcedDose> doses, std::size_t i, Counts& counts, Faults& faults) {
  if (i == 0 || doses[i].dose.time != doses[i - 1].dose.time) return;
  ++counts.together;
  const Dose &one = doses[i - 1].dose, &other = doses[i].dose;
  if (one.amount != other.amount || one.duration != other.duration ||
      one.steady_interval != other.steady_interval)
    return;
  faults.add(doses[i].source->line, doses[i].source->time_column,
             fmt::format("two doses at TIME {} in subject {} (the other in line {})", doses[i].dose.time,
                         in_quotes(doses[i].source->id), doses[i - 1].source->line),
             "remove one, or write both as one dose");
}

std::vector<Dose> collect_doses(const Group& group, Counts& counts, Faults& faults) {
  std::vector<SourcedDose> doses;
  for (const Record& record : group.records) {
    if (record.event != Event::dose) continue;
    if (record.time < 0)
      faults.add(record.line, record.time_column, fmt::format("a dose at TIME {}", record.time),
                 "count TIME from the first dose; samples before it have a negative TIME");
    counts.doses += static_cast<std::size_t>(record.additional_doses) + 1;
    if (counts.doses > most_doses) continue;  // said once, at the end
    const double cancelled = next_reset(group, record);
    for (int k = 0; k <= record.additional_doses; ++k) {
      Dose dose{record.time + k * record.dose_interval, record.amount, record.duration};
      if (k > 0 && dose.time >= cancelled) break;
      if (k == 0 && record.steady_state > 0) {
        dose.steady_interval = record.dose_interval;
        dose.steady_adds = record.steady_state == 2;
        ++counts.steady;
        if (dose.steady_adds) check_added(group, record, faults);
      }
      doses.push_back({dose, &record});
    }
  }
  std::ranges::stable_sort(doses, {}, [](const SourcedDose& d) { return d.dose.time; });
  assign_resets(group, doses, faults);
  std::vector<Dose> result;
  for (std::size_t i = 0; i < doses.size(); ++i) {
    check_together(doses, i, counts, faults);
    result.push_back(doses[i].dose);
  }
  return result;
}

/// Values of one kind; the same value twice at one time is a repeated record, another value a replicate.
std::vector<Observation> collect_values(const Group& group, Observed observed, Counts& counts,
                                        Faults& faults) {
  std::vector<Observation> values;
  for (const Record& record : group.records) {
    if (record.event != Event::observation || record.observed != observed || !record.value) continue;
    if (observed == Observed::concentration && *record.value < 0)
      faults.add(
          record.line, record.event_column, fmt::format("a concentration of {}", *record.value),
          "below the limit of quantification: BLQ 1 and the limit in LLOQ; a code for a missing value: '.' "
          "or MDV 1");
    if (!values.empty() && values.back().time == record.time) {
      if (values.back().value == *record.value)
        faults.add(record.line, record.event_column,
                   fmt::format("the observation of line {} is repeated", values.back().line),
                   "remove one of them");
      else if (counts.replicates++ == 0)
        counts.first_replicate = record.line;
    }
    values.push_back({record.time, *record.value, record.line, record.limit, record.below_limit});
  }
  return values;
}

void count_late_doses(const Group& group, const Subject& subject, Counts& counts) {
  double last = -INFINITY;
  for (const auto* values : {&subject.concentrations, &subject.responses})
    if (!values->empty()) last = std::max(last, values->back().time);
  for (const Record& record : group.records) {
    if (record.event != Event::dose || record.time <= last) continue;
    if (counts.late_doses++ == 0) counts.first_late_dose = record.line;
  }
}

void add_notes(const Counts& counts, std::span<const SubjectRecords> subjects,
               std::vector<std::string>& notes) {
  if (counts.scattered > 0)
    notes.push_back(
        fmt::format("{} subjects stand in several blocks of rows: taken together", counts.scattered));
  if (counts.resets > 0)
    notes.push_back(fmt::format(
        "{} resets (EVID 3 and 4): the subject starts anew, free of drug and at baseline{}", counts.resets,
        counts.restarted > 0
            ? fmt::format("; where TIME starts anew as well ({} times), it is counted on", counts.restarted)
            : ""));
  if (counts.steady > 0) notes.push_back(fmt::format("{} doses at steady state (SS)", counts.steady));
  if (counts.together > 0)
    notes.push_back(fmt::format("{} doses are given together with another one", counts.together));
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
        fmt::format("{} concentrations after the first dose are 0: the fit leaves them out; BLQ 1 with the "
                    "limit in LLOQ keeps "
                    "what is known of them",
                    counts.zero_concentrations));
  const auto negative = std::ranges::count_if(subjects, [](const SubjectRecords& s) {
    return std::ranges::any_of(s.subject.responses, [](const Observation& o) { return o.value <= 0; });
  });
  if (negative > 0)
    notes.push_back(
        fmt::format("{} subjects have biomarker values of 0 or less: the biomarker classes expect the values "
                    "measured, not changes from baseline or logarithms",
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
  for (const Group& group : group_by_id(records, counts, faults)) {
    SubjectRecords& entry = subjects.emplace_back();
    Subject& subject = entry.subject;
    subject.id = group.records.front().id;
    subject.doses = collect_doses(group, counts, faults);
    subject.concentrations = collect_values(group, Observed::concentration, counts, faults);
    subject.responses = collect_values(group, Observed::response, counts, faults);
    for (const Record& record : group.records) entry.rows.push_back(record.row);
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
