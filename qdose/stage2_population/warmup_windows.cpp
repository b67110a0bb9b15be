#include "qdose/stage2_population/warmup_windows.hpp"

#include <algorithm>

namespace qdose {

std::vector<Window> warmup_windows(const SamplerSettings& s) {
  if (s.fixed_step > 0) return {};
  const auto at = [&](double share) { return static_cast<int>(share * s.warmup); };
  return {{at(0.10), std::min(12, s.max_steps), std::min(5, s.max_depth), false, false, true},
          {at(0.20), std::min(30, s.max_steps), std::min(7, s.max_depth), true, true, true},
          {at(0.40), s.max_steps, s.max_depth, true, true, true},
          {at(0.85), s.max_steps, s.max_depth, false, true, true},
          {s.warmup, s.max_steps, s.max_depth, false, false, false}};
}

}  // namespace qdose
