#include "qdose/data/read_trial.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <fmt/format.h>

#include "qdose/base/files.hpp"
#include "qdose/data/covariates.hpp"
#include "qdose/data/doubts.hpp"
#include "qdose/data/kinds.hpp"
#include "qdose/data/subjects.hpp"

namespace qdose {
namespace {

/// Values of which nothing is known but that they are small say nothing about a drug.
void check_limits(const Trial& trial, std::vector<Observation> Subject::*values, const char* what,
                  Faults& faults) {
  std::size_t all = 0, below = 0;
  for (const Subject& subject : trial.subjects) {
    all += (subject.*values).size();
    below += static_cast<std::size_t>(std::ranges::count_if(subject.*values, &Observation::below_limit));
  }
  if (all > 0 && below == all)
    faults.add(0, 0, fmt::format("all {} {} are below their limit of quantification", all, what),
               "is LLOQ in their own unit, and the flag 1 only where a value is below it?");
}

/// What a trial must have to answer its question. Called when all rows are sound: else these faults might
/// only follow.
void check_content(const Trial& trial, Faults& faults) {
  const auto none = [&](auto has) { return std::ranges::none_of(trial.subjects, has); };
  if (none([](const Subject& s) { return !s.doses.empty(); }))
    faults.add(0, 0, "nobody gets a dose", "doses are rows with EVID 1 and a positive AMT");
  if (none([](const Subject& s) { return !s.concentrations.empty(); }))
    faults.add(0, 0, "there are no concentrations", "observations with DVID 1 and MDV 0 are concentrations");
  if (none([](const Subject& s) { return !s.responses.empty(); }))
    faults.add(0, 0, "there are no biomarker values",
               "observations with DVID 2 and MDV 0 are biomarker values");
  check_limits(trial, &Subject::concentrations, "concentrations", faults);
  check_limits(trial, &Subject::responses, "biomarker values", faults);
}

/// Where only flagged rows tell a limit (it stands in their DV), it is the assay's, and so that of every
/// other value of the kind that is not below it: simulated trials are then censored as this one was.
void share_limit(Trial& trial, std::vector<Observation> Subject::*kind, const char* words) {
  double limit = 0;
  for (const Subject& s : trial.subjects)
    for (const Observation& o : s.*kind) {
      if (o.limit == 0) continue;
      if (!o.below_limit || (limit > 0 && o.limit != limit)) return;
      limit = o.limit;
    }
  if (limit == 0) return;
  for (Subject& s : trial.subjects)
    for (Observation& o : s.*kind)
      if (o.value >= limit) o.limit = limit;
  trial.notes.push_back(fmt::format("{} is taken as the limit of quantification of all {}", limit, words));
}

}  // namespace

Result<Trial> parse_trial(std::string_view text, const std::string& name) {
  Faults faults(name);
  const auto table = read_table(text, faults);
  if (!table) return faults.errors();
  const Columns columns = find_columns(table->header, faults);
  // Without these columns every row would only repeat the fault.
  if (columns.ID < 0 || columns.TIME < 0 || columns.DV < 0) return faults.errors();

  Trial trial;
  trial.name = name;
  std::vector<Record> records = read_records(*table, columns, faults, trial.notes);
  infer_observed(records, columns, faults, trial.notes);
  const std::vector<SubjectRecords> groups = group_subjects(records, faults, trial.notes);
  trial.route = infer_route(records, faults, trial.notes);
  trial.modelled_duration = std::ranges::any_of(records, &Record::modelled_duration);
  for (const SubjectRecords& group : groups) trial.subjects.push_back(group.subject);
  if (!faults.any()) check_content(trial, faults);
  if (faults.any()) return faults.errors();
  share_limit(trial, &Subject::concentrations, "concentrations");
  share_limit(trial, &Subject::responses, "biomarker values");
  find_covariates(*table, columns, groups, trial);
  for (std::string& doubt : doubts_about(trial)) trial.notes.push_back(std::move(doubt));
  return trial;
}

Result<Trial> read_trial(const std::filesystem::path& path) {
  const Result<std::string> text = read_file(path);
  if (!text) return text.errors();
  Result<Trial> trial = parse_trial(*text, path.string());
  if (trial) trial->name = path.filename().string();
  return trial;
}

}  // namespace qdose
