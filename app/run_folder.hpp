// The folder of a run: what each stage leaves there for the next one, and what is read back.
#pragma once
#include <chrono>
#include <filesystem>
#include <string>

#include "app/context.hpp"
#include "qdose/data/trial.hpp"
#include "qdose/report/report.hpp"

namespace qdose {

/// Names of the files of a run folder.
namespace run_file {
inline constexpr const char* trial = "input.csv";
inline constexpr const char* selection = "selection.json";
inline constexpr const char* kernel = "kernel.json";
inline constexpr const char* subjects = "virtual_subjects.json";
inline constexpr const char* calibration = "sbc.json";
inline constexpr const char* bake_off = "samplers.json";
inline constexpr const char* info = "run.json";
inline constexpr const char* report = "report.html";
}  // namespace run_file

/// Seconds since it was made.
class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// What run.json says before any stage ran: program, settings, the trial.
RunInfo make_run_info(const Trial& trial, const Context& context);

/// Equations and symbols of a class, for the report.
ClassInfo class_info(const std::string& id);

/// The trial that the fit in `folder` is about. Fault::file when no fit is there.
Result<Trial> trial_of(const std::filesystem::path& folder);

/// Everything the folder holds; parts that were not computed stay empty. Fault::file when it holds nothing of
/// a run.
Result<RunResults> read_run(const std::filesystem::path& folder);

}  // namespace qdose
