// The log of a training: one line an evaluation on fresh validation samples.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace qdose {

struct TrainingPoint {
  std::int64_t step = 0;
  std::uint64_t samples_seen = 0;  ///< subjects
  double seconds = 0;
  double subject_loss = 0, trial_loss = 0, regression_loss = 0;  ///< of the last training step before it
  double accuracy = 0, cross_entropy = 0, masked_mse = 0;        ///< single validation subjects
  double trial_accuracy = 0, trial_cross_entropy = 0;            ///< whole validation trials
};

/// One line of log.jsonl, without the end of line.
std::string to_json_line(const TrainingPoint& point);

/// The points of log.jsonl; lines that are none are skipped.
std::vector<TrainingPoint> training_points(const std::string& log);

}  // namespace qdose
