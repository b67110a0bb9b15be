// Training runs in its own program, so that `qdose` never loads libtorch: this starts it, follows it, ends
// it.
#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "qdose/base/progress.hpp"
#include "qdose/base/result.hpp"
#include "qdose/stage1_classify/train_job.hpp"

namespace qdose {

/// qdose-train next to the running program; empty when it was not built.
std::filesystem::path training_program();

/// One training and the folder that keeps it.
struct TrainingRun {
  TrainJob job;
  std::filesystem::path folder;
  bool resume = false;  ///< go on from the folder's checkpoint
};

/// Runs all trainings at the same time, one process each, and waits. Their news go to `progress` as one task.
/// An interrupt ends them after a checkpoint. Faults: no training program, a training that failed (with its
/// words), interrupted.
Result<Done> run_trainings(std::span<const TrainingRun> runs, const std::string& title, Progress& progress);

/// Runs the training program with these arguments, waits, and gives the lines of its standard output; its
/// standard error becomes the fault's message.
Result<std::vector<std::string>> run_training_program(const std::vector<std::string>& arguments);

}  // namespace qdose
