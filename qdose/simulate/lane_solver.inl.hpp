// Amounts of a PK class by the error-controlled solver, where no closed form holds.
#pragma once
#include "qdose/models/definition.hpp"
#include "qdose/ode/lane_dormand_prince.inl.hpp"
#include "qdose/simulate/lane_memory.hpp"

namespace qdose::QDOSE_ISA {

/// Amounts of class M after `dt` h (per lane) under the zero-order input `rate` into the dose state. Relative
/// local error 1e-11 of the largest amount. A problem that is too stiff for 20,000 steps yields NaN.
template <class M, class R>
States<M, R> solve(States<M, R> y, const Batch& dt, const Batch& rate, const Parameters<M, R>& p) {
  constexpr std::size_t n = M::states.size();
  const auto slope = [&](const States<M, R>& s) {
    States<M, R> f = M::rhs(s, p);
    f[M::dose_state] = f[M::dose_state] + R(rate);
    return f;
  };
  Batch most = larger(Batch(1e-12), magnitude(rate * dt));
  for (const R& x : y) most = larger(most, magnitude(value_of(x)));
  LaneTolerance<n> tolerance;
  tolerance.relative = 1e-11;
  tolerance.least.fill(most);
  Batch step(0.0);
  integrate_lanes<n>(slope, y, dt, tolerance, step);
  return y;
}

}  // namespace qdose::QDOSE_ISA
