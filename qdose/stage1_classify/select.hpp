// Stage 1: which PK and which PD class a trial follows, and where its parameters lie.
#pragma once
#include <cstdint>
#include <string>

#include "qdose/base/progress.hpp"
#include "qdose/base/result.hpp"
#include "qdose/data/trial.hpp"
#include "qdose/results/selection.hpp"

namespace qdose {

struct SelectSettings {
  double tune = 90;
  bool no_tune = false;
  int tune_steps = 0;
  std::string config = "small";
  // From the program's common options.
  std::uint64_t seed = 1;
  int threads = 2;

  template <class Visitor>
  void visit(Visitor&& v) {
    v("tune", tune,
      "seconds in which both encoders, side by side, learn this trial's design (5-86400; 0: none)");
    v("no_tune", no_tune, "answer at once by the general encoders, unless tuned ones are in the cache");
    v("tune_steps", tune_steps, "train this many steps instead: repeatable to the last digit (0: by time)");
    v("encoder", config, "encoder configuration: small, or 000 to 004 of the report");
  }
};

/// Class posteriors of every subject and of the trial, parameters and their ranges, and whether the best
/// class explains the data. The shipped general encoders are tuned to the trial's own design and scales, or
/// what an earlier call with the same trial and settings made of them comes from the cache; without tuning,
/// or without the training program, they answer as they are. A trial without concentrations or without
/// responses leaves that role empty, with a note. Faults: no observations at all, unknown config, no encoder,
/// interrupted.
Result<Selection> select_models(const Trial& trial, const SelectSettings& settings, Progress& progress);

}  // namespace qdose
