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
  bool tune = true;
  double tune_seconds = 90;
  int tune_steps = 0;
  std::string config = "small";
  // From the program's common options.
  std::uint64_t seed = 1;
  int threads = 2;

  template <class Visitor>
  void visit(Visitor&& v) {
    v("tune", tune, "train encoders for this trial when the cache has none");
    v("tune_seconds", tune_seconds, "time for training both encoders, side by side (5-86400)");
    v("tune_steps", tune_steps, "train this many steps instead: repeatable to the last digit (0: by time)");
    v("encoder", config, "encoder configuration: small, or 000 to 004 of the report");
  }
};

/// Class posteriors of every subject and of the trial, parameters and their ranges, and whether the best
/// class explains the data. Encoders are trained for the trial's own design and scales, or come from the
/// cache of an earlier call with the same trial and settings. A trial without concentrations or without
/// responses leaves that role empty, with a note. Faults: no observations at all, unknown config, no encoder
/// and tuning off, no training program, interrupted.
Result<Selection> select_models(const Trial& trial, const SelectSettings& settings, Progress& progress);

}  // namespace qdose
