#include "qdose/data/write_trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "qdose/base/files.hpp"

namespace qdose {
namespace {

/// Compartment numbers as NONMEM's subroutines count them: a depot, where there is one, is the first.
struct Compartments {
  int dose, concentration, response;
};

Compartments compartments_of(Route route) {
  if (route == Route::extravascular) return {1, 2, 3};
  return {1, 1, 2};
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\";\t#") == std::string::npos) return text;
  std::string field = "\"";
  for (const char c : text) field += c == '"' ? "\"\"" : std::string(1, c);
  return field + "\"";
}

/// One row apart from what all rows of a subject share.
struct OutputRow {
  double time = 0, value = 0;
  int evid = 0, dvid = 0;
  double amount = 0, rate = 0;
  double limit = 0;
  bool below_limit = false;
  double interval = 0;
  int steady_state = 0;
};

bool is_reset(const Dose& d) { return d.reset > Dose::never; }

std::vector<OutputRow> rows_of(const Subject& subject, bool modelled_duration) {
  std::vector<OutputRow> rows;
  const auto add_dose = [&](const Dose& d) {
    // A reset that comes before its dose is an event of its own.
    const bool own_reset = is_reset(d) && std::nextafter(d.reset, INFINITY) < d.time;
    if (own_reset) rows.push_back({std::nextafter(d.reset, INFINITY), 0, 3, 0});
    const double rate = modelled_duration ? -2.0 : d.duration > 0 ? d.amount / d.duration : 0.0;
    rows.push_back({d.time, 0, is_reset(d) && !own_reset ? 4 : 1, 0, d.amount, rate, 0, false,
                    d.steady_interval, d.steady_interval > 0 ? 1 + d.steady_adds : 0});
  };
  // Values at the time of a reset that were taken before it stand before it.
  const auto is_last = [](const Dose& d) { return d.reset == d.time; };
  for (const Dose& d : subject.doses)
    if (!is_last(d)) add_dose(d);
  for (const Observation& o : subject.concentrations)
    rows.push_back({o.time, o.value, 0, 1, 0, 0, o.limit, o.below_limit});
  for (const Observation& o : subject.responses)
    rows.push_back({o.time, o.value, 0, 2, 0, 0, o.limit, o.below_limit});
  for (const Dose& d : subject.doses)
    if (is_last(d)) add_dose(d);
  std::ranges::stable_sort(rows, {}, &OutputRow::time);
  return rows;
}

/// True when `wanted` holds for some dose.
template <class Wanted>
bool any_dose(const Trial& trial, Wanted wanted) {
  return std::ranges::any_of(trial.subjects,
                             [&](const Subject& s) { return std::ranges::any_of(s.doses, wanted); });
}

bool has_limits(const Trial& trial) {
  return std::ranges::any_of(trial.subjects, [](const Subject& s) {
    const auto limited = [](const Observation& o) { return o.limit > 0; };
    return std::ranges::any_of(s.concentrations, limited) || std::ranges::any_of(s.responses, limited);
  });
}

}  // namespace

std::string trial_text(const Trial& trial) {
  const bool has_rate =
      trial.modelled_duration || any_dose(trial, [](const Dose& d) { return d.duration > 0; });
  const bool has_steady = any_dose(trial, [](const Dose& d) { return d.steady_interval > 0; });
  const bool has_limit = has_limits(trial);
  const bool has_cmt = trial.route != Route::unknown;
  const Compartments cmt = compartments_of(trial.route);

  std::string text = "ID";
  for (const Covariate& covariate : trial.covariates) text += "," + csv_field(covariate.name);
  text += fmt::format(",DOSE,TIME,DV,EVID,MDV,AMT{}{}{}{},DVID\n", has_rate ? ",RATE" : "",
                      has_steady ? ",II,SS" : "", has_limit ? ",BLQ,LLOQ" : "", has_cmt ? ",CMT" : "");
  for (const Subject& subject : trial.subjects) {
    std::string shared = csv_field(subject.id);
    for (const double value : subject.covariates) shared += fmt::format(",{}", value);
    shared += fmt::format(",{}", subject.dose_level());
    for (const OutputRow& e : rows_of(subject, trial.modelled_duration)) {
      text += fmt::format("{},{},{},{},{},{}", shared, e.time, e.value, e.evid, e.evid > 0 ? 1 : 0, e.amount);
      if (has_rate) text += fmt::format(",{}", e.rate);
      if (has_steady) text += fmt::format(",{},{}", e.interval, e.steady_state);
      if (has_limit) text += fmt::format(",{},{}", static_cast<int>(e.below_limit), e.limit);
      if (has_cmt)
        text += fmt::format(",{}", e.evid > 0 ? cmt.dose : e.dvid == 1 ? cmt.concentration : cmt.response);
      text += fmt::format(",{}\n", e.dvid);
    }
  }
  return text;
}

Result<Done> write_trial(const Trial& trial, const std::filesystem::path& path) {
  return write_file(path, trial_text(trial));
}

}  // namespace qdose
