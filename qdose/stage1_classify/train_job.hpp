// What `qdose` asks of the training program: one JSON file, which also says when a trained encoder fits
// again.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "qdose/base/result.hpp"
#include "qdose/data/trial.hpp"
#include "qdose/stage1_classify/encoder_config.hpp"
#include "qdose/stage1_classify/problem.hpp"

namespace qdose {

struct TrainJob {
  Role role = Role::pk;
  /// "trial": the trial's own design with priors scaled to it; or another one of prior_names().
  std::string priors = "trial";
  Trial trial;  ///< covariates are not used and not stored
  EncoderConfig config;
  std::uint64_t seed = 1;
  double seconds = 80;  ///< wall time, start and final scores included
  std::int64_t steps =
      0;  ///< when positive: stop after so many steps instead, which makes the result repeatable
  int threads = 1;
  /// Where the network learns: "cpu", "cuda", or "auto" for CUDA where libtorch finds a device.
  std::string device = "auto";
  int evaluations = 8;  ///< lines of the log, evenly over the budget
  std::string start;    ///< file of an encoder of the same shape whose weights it starts from; empty: random
};

/// Names of priors: trial, general, report, report-as-published.
std::span<const std::string_view> prior_names();

/// Names of devices: auto, cpu, cuda.
std::span<const std::string_view> device_names();

/// JSON text of a job; equal jobs give equal text.
std::string to_json(const TrainJob& job);
Result<TrainJob> parse_train_job(const std::string& text, const std::string& place);

/// The problem that the job poses. Faults: an unknown name of priors, a trial without usable observations.
Result<std::unique_ptr<Problem>> make_problem(const TrainJob& job);

/// Names of the files of a training in its folder.
inline constexpr const char* job_file = "job.json";
inline constexpr const char* encoder_file = "encoder.safetensors";
inline constexpr const char* checkpoint_file = "checkpoint.safetensors";
inline constexpr const char* log_file = "log.jsonl";
inline constexpr const char* evaluation_file = "encoder.json";

}  // namespace qdose
