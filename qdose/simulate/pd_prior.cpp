// Typical PD parameters scaled to a trial: the baseline as seen, effects as large as the one seen, potencies
// within the concentrations, delays between the first sampling time and the length of the trial.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "qdose/simulate/typical_values.hpp"

namespace qdose {

void draw_pd_values(const TrialScales& s, Stream& stream, TypicalValues& v) {
  const double R0 = s.baseline * stream.log_uniform(0.7, 1.4);
  v.set("R0", R0);

  // Somewhat beyond the effect that was seen, for few concentrations reach the largest effect; at least a
  // half.
  const double seen = std::clamp(std::abs(s.effect), 0.4, 2.5), size = seen * stream.uniform(0.8, 1.8);
  const bool absolute =
      v.model().states.empty() || v.has("ke0");  // Emax in units of the response, or a fraction
  v.set("Emax", (absolute ? R0 : 1.0) * std::expm1(size));
  v.set("SLOPE", R0 * std::expm1(size) / s.concentration_high);
  v.set("Imax", std::clamp(1 - std::exp(-size * stream.uniform(1.0, 1.6)), 0.4, 0.99));
  v.set("Hill", stream.log_uniform(2.0, 5.0));

  const double potency = stream.log_uniform(0.5 * s.concentration_low,
                                            std::max(0.4 * s.concentration_high, 0.6 * s.concentration_low));
  v.set("EC50", potency);
  v.set("IC50", potency);

  const double latest = std::clamp(1.5 * s.onset, 4 * s.pd_first, 0.25 * s.pd_span);
  const double earliest = std::min(std::max(2 * s.pd_first, 0.08 * s.onset), 0.3 * latest);
  const double delay = stream.log_uniform(earliest, latest);
  v.set("kout", std::numbers::ln2 / delay);
  v.set("ke0", std::numbers::ln2 / delay);
  v.set("ktr_pd", 3.0 * std::numbers::ln2 / delay);  // three stages share the delay
}

}  // namespace qdose
