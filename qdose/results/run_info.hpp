// How a run came about: program, seed, settings, time, and the trial itself, so that a report can be written
// later from the run folder alone.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "qdose/base/result.hpp"

namespace qdose {

/// One subject of the trial as read: dosing, concentrations and biomarker values, times in h, values in the
/// file's units.
struct TrialSubject {
  std::string id;
  double dose_level = 0;           ///< size of the first dose, 0 for placebo: the arm
  std::vector<double> covariates;  ///< in the order of TrialSummary::covariates
  std::vector<double> dose_time, dose_amount;
  std::vector<double> pk_time, pk, pd_time, pd;
};

struct TrialCovariate {
  std::string name;
  bool categorical = false;
  double reference = 0, smallest = 0, largest = 0;
};

/// The trial that the run analysed. Units are empty when the file does not tell them.
struct TrialSummary {
  std::string file, route;
  std::string concentration_unit, response_unit;
  std::vector<TrialCovariate> covariates;
  std::vector<TrialSubject> subjects;
};

struct StageSeconds {
  std::string stage;
  double seconds = 0;
};

/// A setting by its TOML key, for example "stage2.chains", and its value as written.
struct Setting {
  std::string name, value;
};

struct SymbolInfo {
  std::string symbol, unit, meaning;
};

/// What a reader needs to know of a model class: title, symbols and equations, one line each.
struct ClassInfo {
  std::string id, title;
  std::vector<SymbolInfo> parameters;
  std::vector<std::string> equations;
};

struct RunInfo {
  std::string version, command_line;
  std::string started;  ///< UTC, ISO 8601
  std::string kernels;  ///< instruction set that the computations used
  std::uint64_t seed = 0;
  int threads = 0;
  std::vector<StageSeconds> stages;
  std::vector<Setting> settings;
  std::vector<ClassInfo> classes;  ///< at least the selected ones
  std::vector<std::string> notes;
  TrialSummary trial;
};

/// Distinct dose levels of a trial, ascending; placebo (0) first.
std::vector<double> arms(const TrialSummary& trial);

/// The class of that id, or nullptr when `info` does not describe it.
const ClassInfo* find_class(const RunInfo& info, const std::string& id);

/// run.json. Loading fails with Fault::file when it cannot be read and Fault::bad_input when it is no
/// run.json.
Result<Done> save(const RunInfo& info, const std::string& path);
Result<RunInfo> load_run_info(const std::string& path);

}  // namespace qdose
