// What one dose contributes through one mode, given at once or over some hours, and its slope.
#pragma once
#include "qdose/num/batch.hpp"
#include "qdose/num/math.hpp"

namespace qdose::QDOSE_ISA {

/// (1 - exp(-x))/x for x >= 0, relative error below 1e-12, derivatives included.
template <class R>
[[gnu::always_inline]] inline R mean_decay(const R& x) {
  const auto small = x < R(0.02);
  const R near = select(small, x, R(0.0)), far = select(small, R(1.0), x);
  const R series = horner(R(1.0 / 720), -near, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1.0);
  return select(small, series, (R(1.0) - exp(-far)) / far);
}

/// What a unit dose given over T h contributes through one mode, u hours after its start; T = 0 is a bolus.
/// The two exponentials never grow, whatever rate T is.
template <class R>
[[gnu::always_inline]] inline R pulse(const R& rate, const R& amplitude, const R& T, const R& u) {
  const auto bolus = T < R(1e-9), running = u < T;
  const R length = select(bolus, R(1.0), T), time = select(running, u, length);
  const R after = select(bolus, u, select(running, R(0.0), u - T));
  const R uptake = select(bolus, R(1.0), time / length * mean_decay(rate * time));
  return amplitude * uptake * exp(-(rate * after));
}

/// pulse for an amplitude of 1, and its derivative by the rate; T and u are constants.
struct PulseSlope {
  Batch value, by_rate;
};
[[gnu::always_inline]] inline PulseSlope pulse_slope(const Batch& rate, const Batch& T, const Batch& u) {
  const auto bolus = T < Batch(1e-9), running = u < T;
  const Batch length = select(bolus, Batch(1.0), T), time = select(running, u, length);
  const Batch after = select(bolus, u, select(running, Batch(0.0), u - T));
  const Batch x = rate * time, mean = mean_decay(x);
  const auto small = x < Batch(0.02);
  const Batch near = select(small, x, Batch(0.0)), far = select(small, Batch(1.0), x);
  const Batch series = -horner(Batch(1.0 / 840), -near, 1.0 / 144, 1.0 / 30, 1.0 / 8, 1.0 / 3, 0.5);
  const Batch mean_slope = select(small, series, (Batch(1.0) - x * mean - mean) / far);
  const Batch decay = exp(-(rate * after)), share = time / length;
  const Batch value = select(bolus, Batch(1.0), share * mean) * decay;
  return {value, select(bolus, Batch(0.0), share * time * mean_slope) * decay - after * value};
}

}  // namespace qdose::QDOSE_ISA
