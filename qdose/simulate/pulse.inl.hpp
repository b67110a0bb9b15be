// What one dose contributes through one mode, given at once or over some hours, and its slopes.
#pragma once
#include <array>

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

/// mean_decay for a known exponential, and its derivative by x.
struct MeanDecay {
  Batch value, slope;
};
[[gnu::always_inline]] inline MeanDecay mean_decay_slope(const Batch& x, const Batch& exponential) {
  const auto small = x < Batch(0.02);
  const Batch inverse = reciprocal(select(small, Batch(1.0), x));
  MeanDecay mean;
  mean.value = (Batch(1.0) - exponential) * inverse;
  mean.slope = (exponential - mean.value) * inverse;
  if (!any(small)) return mean;
  const Batch near = select(small, x, Batch(0.0));
  const Batch value = horner(Batch(1.0 / 720), -near, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1.0);
  const Batch slope = -horner(Batch(1.0 / 840), -near, 1.0 / 144, 1.0 / 30, 1.0 / 8, 1.0 / 3, 0.5);
  return {select(small, value, mean.value), select(small, slope, mean.slope)};
}

/// What mode j of an infusion over T h depends on, T alone: exp(-rate T) and mean_decay of rate T. A bolus is
/// one of T = 0.
struct Infusion {
  Batch T, decay;
  MeanDecay mean;
  static constexpr std::size_t size = 4;
};
[[gnu::always_inline]] inline Infusion infusion(const Batch& rate, const Batch& T) {
  const Batch decay = exp(-(rate * T));
  return {T, decay, mean_decay_slope(rate * T, decay)};
}

/// A unit dose through a mode of amplitude 1, u hours after its start: what it contributes, exp(-rate u) of
/// what was there before, and the derivatives of the first by rate, T and u. `exponential` is exp(-rate
/// time), `time` the hours since the end of the infusion or, while it runs, since its start.
struct Pulse {
  Batch value, decay, by_rate, by_duration, by_time;
};
[[gnu::always_inline]] inline Pulse pulse_at(const Batch& rate, const Infusion& given, const Batch& u,
                                             const Batch& time, const Batch& exponential) {
  const Batch& T = given.T;
  Pulse p;
  p.value = exponential * given.mean.value;
  p.decay = exponential * given.decay;
  const Batch growth = exponential * given.mean.slope;
  p.by_rate = growth * T - time * p.value;
  p.by_duration = rate * (p.value + growth);
  p.by_time = -(rate * p.value);
  const auto running = u < T;
  if (!any(running)) return p;
  const Batch per_length = reciprocal(select(running, T, Batch(1.0))), share = u * per_length;
  const MeanDecay mean = mean_decay_slope(rate * u, exponential);
  const Batch value = share * mean.value;
  p.value = select(running, value, p.value);
  p.decay = select(running, exponential, p.decay);
  p.by_rate = select(running, share * u * mean.slope, p.by_rate);
  p.by_duration = select(running, -(value * per_length), p.by_duration);
  p.by_time = select(running, exponential * per_length, p.by_time);
  return p;
}
[[gnu::always_inline]] inline Batch pulse_time(const Batch& T, const Batch& u) {
  return select(u < T, u, u - T);
}

}  // namespace qdose::QDOSE_ISA
