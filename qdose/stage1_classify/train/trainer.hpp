// The training loop: endless fresh trials, a warm-up and cosine schedule over the budget, checkpoints, a log.
#pragma once
#include <filesystem>
#include <functional>
#include <string>

#include "qdose/stage1_classify/train_job.hpp"

namespace qdose {

/// Told now and then: share of the budget used (0-1) and a remark.
using TrainingNews = std::function<void(double, const std::string&)>;

/// Trains the job's encoder in `folder`: encoder.safetensors (weights and calibration), encoder.json (scores
/// on the test streams), log.jsonl (one line an evaluation), checkpoint.safetensors (at least each minute;
/// with `resume` the start). An interrupt ends the training after a checkpoint, with Fault::numerical
/// "interrupted".
Result<Done> train(const TrainJob& job, const std::filesystem::path& folder, bool resume,
                   const TrainingNews& news);

}  // namespace qdose
