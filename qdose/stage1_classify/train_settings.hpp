// What `qdose train` lets the user choose, and the job that follows from it.
#pragma once
#include <cstdint>
#include <string>

#include "qdose/base/result.hpp"
#include "qdose/stage1_classify/train_job.hpp"

namespace qdose {

struct TrainSettings {
  std::string priors = "general", encoder = "small";
  double minutes = 10;
  int steps = 0, evaluations = 32, batch = 0;
  double learning_rate = 0;
  std::string start, device = "auto";
  bool sweep = false;

  template <class Visitor>
  void visit(Visitor&& v) {
    v("priors", priors, "what is told apart: general, report, report-as-published, or trial (needs --trial)");
    v("encoder", encoder,
      "encoder configuration: small, grid (fixed grids only), or 000 to 004 of the report");
    v("minutes", minutes, "training time, final scores included (0.1-100000)");
    v("steps", steps, "train this many steps instead: repeatable to the last digit (0: by time)");
    v("evaluations", evaluations, "lines of log.jsonl, evenly over the training (1-10000)");
    v("batch", batch, "subjects a step (0: the configuration's; at most 65536)");
    v("learning_rate", learning_rate, "largest learning rate (0: the configuration's)");
    v("start", start, "start from the weights of this encoder.safetensors instead of random ones");
    v("device", device, "where the network learns: cpu, cuda, or auto (cuda where libtorch finds one)");
    v("sweep", sweep, "train the report's five configurations one after the other and compare them");
  }
};

/// The training that the settings describe; `trial` is used by the priors of that name. All faults at once:
/// unknown names, numbers out of range, a trial that is missing.
Result<TrainJob> train_job(const TrainSettings& settings, Role role, const Trial* trial, std::uint64_t seed,
                           int threads);

}  // namespace qdose
