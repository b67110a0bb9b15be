// Chains that several processes work on: each knows all of them once a stretch is done.
#pragma once
#include <vector>

#include "qdose/base/work_share.hpp"
#include "qdose/stage2_population/runner.hpp"

namespace qdose {

/// Brings the chains that other processes advanced to where these are; their densities and metrics must be
/// the same everywhere. False when a process was stopped (`stopped` here, or elsewhere). All processes call
/// it at the same place.
bool share_runners(const WorkShare& share, bool stopped, std::vector<Runner>& runners);

}  // namespace qdose
