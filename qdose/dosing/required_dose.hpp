// From which dose on a subject's biomarker stays on the right side: solved per subject instead of tried dose
// by dose.
#pragma once
#include <array>
#include <cstdint>

#include "qdose/dosing/interval_response.hpp"

namespace qdose {

/// The doses from 0 to the largest searched at which one subject attains the endpoint: attained at dose 0 or
/// not, changing at each of the `switches` (ascending). One switch is the normal case.
struct AttainedDoses {
  bool at_zero = false;
  std::uint8_t count = 0;
  std::array<double, 3> switches{};  ///< further ones are dropped
  bool failed = false;               ///< some value was not finite; such a dose counts as not attained
  bool at(double dose) const {
    bool attained = at_zero;
    for (std::size_t s = 0; s < count; ++s) attained ^= dose >= switches[s];
    return attained;
  }
};

/// Solves for eight subjects at once. A ladder of doses 0, largest/4^5 ... largest/4, largest finds the
/// changes; each is then located to a relative 3e-5 (of dose + largest/1024) by the Illinois method. Changes
/// that undo each other between two rungs are not seen. `threshold` is the endpoint's, one value a lane.
std::array<AttainedDoses, lanes> attained_doses(IntervalResponse& response, const Endpoint& endpoint,
                                                const Lanes& threshold, double largest);

/// The same with the endpoint's own threshold for everybody.
inline std::array<AttainedDoses, lanes> attained_doses(IntervalResponse& response, const Endpoint& endpoint,
                                                       double largest) {
  return attained_doses(response, endpoint, all_lanes(endpoint.threshold), largest);
}

}  // namespace qdose
