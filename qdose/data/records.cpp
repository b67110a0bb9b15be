#include "qdose/data/records.hpp"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "qdose/base/text.hpp"
#include "qdose/data/number.hpp"

namespace qdose {
namespace {

constexpr int most_additional_doses = 10000;  ///< 27 years of daily doses: more is a slip
constexpr double longest_hours = 1e6;         ///< 114 years

/// The cells of one row by column, with the faults found in them.
class RowReader {
 public:
  RowReader(const Table& table, const Row& row, Faults& faults) : table_(table), row_(row), faults_(faults) {}

  bool has(int column) const { return column >= 0; }
  const Cell& cell(int column) const { return row_.cells[static_cast<std::size_t>(column)]; }
  int place(int column) const { return has(column) ? cell(column).column : 1; }
  bool missing(int column) const { return !has(column) || is_missing(cell(column).text); }
  bool faulty() const { return faulty_; }

  void fault(int column, std::string message, std::string hint) {
    faulty_ = true;
    faults_.add(row_.line, place(column), std::move(message), std::move(hint));
  }

  /// A number; nothing when the column is absent or the cell missing, or with a fault, whose hint may be
  /// given.
  std::optional<double> number(int column, const std::string& hint = {}) {
    if (missing(column)) return {};
    const auto value = to_number(cell(column).text);
    if (!value)
      fault(column, fmt::format("{} {} is no number", name(column), in_quotes(cell(column).text)),
            hint.empty() ? number_hint(cell(column).text) : hint);
    return value;
  }

  /// A number of hours, 0 when missing.
  double hours(int column) {
    const double value = number(column).value_or(0);
    if (std::abs(value) <= longest_hours) return value;
    fault(column, fmt::format("{} {} is more than a life", name(column), value), "is it in hours?");
    return 0;
  }

  std::optional<int> integer(int column, const std::string& hint = {}) {
    const auto value = number(column, hint);
    if (!value) return {};
    if (*value == std::floor(*value) && std::abs(*value) <= std::numeric_limits<int>::max())
      return static_cast<int>(*value);
    fault(column, fmt::format("{} {} is no whole number", name(column), in_quotes(cell(column).text)),
          "write it without a fraction");
    return {};
  }

 private:
  const std::string& name(int column) const {
    return table_.header.cells[static_cast<std::size_t>(column)].text;
  }
  const Table& table_;
  const Row& row_;
  Faults& faults_;
  bool faulty_ = false;
};

Event read_event(RowReader& row, const Columns& columns, std::optional<double> amount) {
  if (!row.has(columns.EVID)) return amount && *amount > 0 ? Event::dose : Event::observation;
  const std::string hint = "0 for an observation, 1 a dose, 2 another event, 3 a reset, 4 a reset and dose";
  if (row.missing(columns.EVID)) row.fault(columns.EVID, "EVID is missing", hint);
  const auto evid = row.integer(columns.EVID, hint);
  if (!evid) return Event::other;
  if (*evid == 0) return Event::observation;
  if (*evid == 1 || *evid == 4) return Event::dose;
  if (*evid == 3) return Event::reset;
  if (*evid != 2) row.fault(columns.EVID, fmt::format("EVID {} is unknown", *evid), hint);
  return Event::other;
}

Observed read_observed(RowReader& row, const Columns& columns) {
  if (!row.has(columns.DVID)) return Observed::unknown;
  const std::string hint = "1 for a concentration, 2 for the biomarker; MDV 1 leaves the row out";
  if (row.missing(columns.DVID)) row.fault(columns.DVID, "DVID is missing on an observation", hint);
  const auto dvid = row.integer(columns.DVID, hint);
  if (dvid == 1) return Observed::concentration;
  if (dvid == 2) return Observed::response;
  if (dvid) row.fault(columns.DVID, fmt::format("DVID {} is unknown", *dvid), hint);
  return Observed::unknown;
}

/// Whether the value is below the limit of quantification: a flag says so, or without one DV is below LLOQ.
void read_limit(RowReader& row, const Columns& columns, Record& record) {
  const double limit = row.number(columns.LLOQ).value_or(0);
  if (limit < 0)
    row.fault(columns.LLOQ, fmt::format("a limit of quantification of {}", limit), "a positive number, or 0");
  const std::string hint = "1 when the value is below the limit of quantification, else 0";
  const auto flag = row.integer(columns.BLQ, hint);
  if (flag && *flag != 0 && *flag != 1)
    row.fault(columns.BLQ, fmt::format("the flag {} is unknown", *flag), hint);
  record.limit = limit;
  record.below_limit =
      row.has(columns.BLQ) ? flag == 1 : limit > 0 && record.value.has_value() && *record.value < limit;
  if (!record.below_limit) return;
  // Without LLOQ the limit stands in DV.
  if (!(limit > 0)) record.limit = record.value.value_or(0);
  if (!(record.limit > 0))
    row.fault(columns.BLQ, "a value below the limit of quantification, but no limit",
              "give it in a column LLOQ, or in DV");
  record.value = 0.5 * record.limit;
}

void read_observation(RowReader& row, const Columns& columns, std::optional<double> amount, Record& record) {
  const auto mdv = row.integer(columns.MDV);
  if (mdv && *mdv != 0 && *mdv != 1)
    row.fault(columns.MDV, fmt::format("MDV {} is unknown", *mdv), "1 when DV is missing, else 0");
  if (amount && *amount != 0)
    row.fault(columns.AMT, "an amount on an observation", "EVID 1 makes the row a dose; else AMT is 0");
  if (mdv == 1) return;  // whatever stands in DV and DVID does not count
  record.value = row.number(columns.DV);
  read_limit(row, columns, record);
  if (record.value) record.observed = read_observed(row, columns);
}

/// RATE or DUR as the duration of an infusion, h; 0 for a bolus and where RATE -2 has it estimated.
void read_duration(RowReader& row, const Columns& columns, Record& record) {
  const double amount = record.amount;
  const double rate = row.number(columns.RATE).value_or(0), duration = row.hours(columns.DUR);
  if (rate == -1)
    row.fault(columns.RATE, "RATE -1 (an estimated rate): no class has a rate as its parameter",
              "RATE -2 estimates a duration, the same for all doses; else give amount per hour, or 0");
  else if (rate < 0 && rate != -2)
    row.fault(columns.RATE, fmt::format("RATE {} is negative", rate), "amount per hour, 0, or -2");
  if (rate == -2 && duration > 0)
    row.fault(columns.DUR, "RATE -2 estimates the duration, but DUR gives one", "give one of them");
  if (duration < 0) row.fault(columns.DUR, fmt::format("DUR {} is negative", duration), "hours, or 0");
  if (rate > 0 && duration > 0 && std::abs(rate * duration - amount) > 1e-6 * amount)
    row.fault(columns.DUR, fmt::format("RATE times DUR is {}, but AMT is {}", rate * duration, amount),
              "give one of RATE and DUR");
  if (rate > 0 && amount / rate > longest_hours)
    row.fault(columns.RATE, fmt::format("RATE {} makes an infusion of {} h", rate, amount / rate),
              "amount per hour");
  record.duration = rate > 0 ? amount / rate : duration;
  record.modelled_duration = rate == -2;
}

void read_steady_state(RowReader& row, const Columns& columns, Record& record) {
  record.steady_state = row.integer(columns.SS).value_or(0);
  if (record.steady_state < 0 || record.steady_state > 2)
    row.fault(columns.SS, fmt::format("SS {} is unknown", record.steady_state),
              "1 for a dose at steady state, 2 to add one, else 0");
  else if (record.steady_state > 0 && !(record.dose_interval > 0))
    row.fault(row.has(columns.II) ? columns.II : columns.SS, "SS without a positive interval II",
              "II is the time between the doses in hours; write a constant infusion out as one long dose");
}

void read_dose(RowReader& row, const Columns& columns, std::optional<double> amount, Record& record) {
  const std::string hint = "for placebo leave the row out, or make it EVID 2";
  if (!row.has(columns.AMT))
    row.fault(columns.EVID, "a dose, but there is no column AMT", "AMT holds the amount given");
  else if (row.missing(columns.AMT))
    row.fault(columns.AMT, "a dose without an amount", hint);
  else if (amount && *amount <= 0)
    row.fault(columns.AMT, fmt::format("a dose of {}", *amount), hint);
  record.amount = amount.value_or(0);
  read_duration(row, columns, record);
  record.additional_doses = row.integer(columns.ADDL).value_or(0);
  record.dose_interval = row.hours(columns.II);
  read_steady_state(row, columns, record);
  if (record.additional_doses < 0 || record.additional_doses > most_additional_doses)
    row.fault(columns.ADDL,
              fmt::format("ADDL {} is not within 0 to {}", record.additional_doses, most_additional_doses),
              "the number of doses after this one");
  else if (record.additional_doses > 0 && !(record.dose_interval > 0))
    row.fault(row.has(columns.II) ? columns.II : columns.ADDL, "ADDL without a positive interval II",
              "II is the time between the doses in hours");
}

/// Whether a dose of 0 is just that: under a rate or at steady state it would be an infusion without end.
bool gives_nothing(RowReader& row, const Columns& columns) {
  return row.number(columns.RATE).value_or(0) == 0 && row.integer(columns.SS).value_or(0) == 0;
}

std::optional<Record> read_record(const Table& table, std::size_t index, const Columns& columns,
                                  Faults& faults) {
  RowReader row(table, table.rows[index], faults);
  Record record;
  record.row = index;
  record.line = table.rows[index].line;
  record.time_column = row.place(columns.TIME);
  record.id = row.cell(columns.ID).text;
  if (is_missing(record.id)) row.fault(columns.ID, "ID is missing", "every row belongs to a subject");
  if (row.missing(columns.TIME)) row.fault(columns.TIME, "TIME is missing", "hours since the first dose");
  record.time = row.hours(columns.TIME);
  const auto amount = row.number(columns.AMT);
  record.event = read_event(row, columns, amount);
  record.resets =
      record.event == Event::reset || (record.event == Event::dose && row.integer(columns.EVID) == 4);
  record.placebo =
      record.event == Event::dose && !record.resets && amount == 0.0 && gives_nothing(row, columns);
  if (record.placebo) record.event = Event::other;
  record.compartment = row.integer(columns.CMT);
  record.event_column = row.place(record.event == Event::dose ? columns.AMT : columns.DV);
  if (record.event == Event::observation) read_observation(row, columns, amount, record);
  if (record.event == Event::dose) read_dose(row, columns, amount, record);
  if (row.faulty()) return {};
  return record;
}

}  // namespace

std::vector<Record> read_records(const Table& table, const Columns& columns, Faults& faults,
                                 std::vector<std::string>& notes) {
  std::vector<Record> records;
  std::size_t without_value = 0, other_events = 0, below_limit = 0, placebo = 0;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const auto record = read_record(table, i, columns, faults);
    if (!record) continue;
    without_value += record->event == Event::observation && !record->value;
    other_events += record->event == Event::other && !record->placebo;
    placebo += record->placebo;
    below_limit += record->below_limit;
    records.push_back(*record);
  }
  if (columns.EVID < 0) notes.emplace_back("there is no column EVID: rows with AMT > 0 are taken as doses");
  if (without_value > 0)
    notes.push_back(
        fmt::format("{} observation rows have no value (MDV 1 or DV missing): left out", without_value));
  if (below_limit > 0)
    notes.push_back(
        fmt::format("{} values are below the limit of quantification: known only to be less", below_limit));
  if (placebo > 0) notes.push_back(fmt::format("{} doses have an AMT of 0: placebo, or not given", placebo));
  if (other_events > 0)
    notes.push_back(fmt::format("{} rows are other events (EVID 2): left out", other_events));
  return records;
}

}  // namespace qdose
