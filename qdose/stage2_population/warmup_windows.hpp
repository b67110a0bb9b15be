// How the transitions of a warm-up are divided.
#pragma once
#include <vector>

#include "qdose/stage2_population/sampler.hpp"

namespace qdose {

/// One window of warm-up: what happens when it ends.
struct Window {
  int end;        ///< transitions since the start of the warm-up
  int max_steps;  ///< shorter trajectories while the metric is still poor
  int max_depth;
  bool learn_coordinates, check_modes, update_metric;
};

/// Windows of growing length: early ones are short because what they learn from is far from the posterior.
/// None when nothing is adapted.
std::vector<Window> warmup_windows(const SamplerSettings& settings);

}  // namespace qdose
