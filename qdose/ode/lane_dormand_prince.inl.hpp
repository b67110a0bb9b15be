// Dormand-Prince 5(4) on eight lanes, each with its own steps: a lane's result does not depend on its
// neighbours. Dormand & Prince (1980), J. Comput. Appl. Math. 6:19-26.
#pragma once
#include <array>
#include <cstddef>

#include "qdose/num/batch.hpp"
#include "qdose/ode/dormand_prince.hpp"

namespace qdose::QDOSE_ISA {

[[gnu::always_inline]] inline Batch magnitude(const Batch& x) { return select(x < Batch(0.0), -x, x); }
[[gnu::always_inline]] inline Batch larger(const Batch& a, const Batch& b) { return select(a < b, b, a); }
/// What is allowed in one step: `relative` times the size of a state, which is its value but at least
/// `least`.
template <std::size_t N>
struct LaneTolerance {
  double relative = 1e-9;
  std::array<Batch, N> least{};
  int most_steps = 20000;
};

/// Moves y by `hours` (per lane) along dy/dt = slope(y). `step` (h) holds the steps to try first, 0 where
/// they are unknown, and returns the last ones that were not cut short. False where a lane takes too many
/// steps: its y is not a number then.
template <std::size_t N, class R, class F>
bool integrate_lanes(const F& slope, std::array<R, N>& y, const Batch& hours,
                     const LaneTolerance<N>& tolerance, Batch& step) {
  using Table = DormandPrince;
  const Batch zero(0.0), one(1.0), moving = larger(hours, Batch(1e-300));
  std::array<R, N> k[Table::stages], z;
  Batch done = select(hours > zero, zero, one), h = select(step > zero, step / moving, Batch(0.1));
  k[0] = slope(y);
  for (int steps = 0; (done < one).any(); ++steps) {
    if (steps > tolerance.most_steps) {
      const Batch lost = select(done < one, Batch(__builtin_nan("")), zero);
      for (R& x : y) x = x + R(lost);
      return false;
    }
    const Batch left = one - done;
    const auto cut = left < h;
    const Batch used = select(cut, left, h), width = used * hours;
    for (std::size_t s = 1; s < Table::stages; ++s) {
      for (std::size_t i = 0; i < N; ++i) {
        R sum = Batch(Table::weight[s][0]) * k[0][i];
        for (std::size_t j = 1; j < s; ++j)
          if (Table::weight[s][j] != 0) sum = sum + Batch(Table::weight[s][j]) * k[j][i];
        z[i] = y[i] + width * sum;
      }
      k[s] = slope(z);
    }
    Batch squares(0.0);
    for (std::size_t i = 0; i < N; ++i) {
      Batch error = Batch(Table::error[0]) * value_of(k[0][i]);
      for (std::size_t j = 2; j < Table::stages; ++j) error += Batch(Table::error[j]) * value_of(k[j][i]);
      const Batch size =
          larger(larger(magnitude(value_of(y[i])), magnitude(value_of(z[i]))), tolerance.least[i]);
      const Batch share = error * width / size;
      squares += share * share;
    }
    const Batch scaled =
        squares * Batch(1.0 / (static_cast<double>(N) * tolerance.relative * tolerance.relative));
    const auto fine = scaled < one;  // a NaN is not
    done = select(fine, select(cut, one, done + used), done);
    for (std::size_t i = 0; i < N; ++i) {
      y[i] = select(fine, z[i], y[i]);
      k[0][i] = select(fine, k[Table::stages - 1][i], k[0][i]);
    }
    // The error grows with the fifth power of the step, its square with the tenth.
    const Batch wished = Batch(0.9) * exp(Batch(-0.1) * log(larger(scaled, Batch(1e-9))));
    const Batch factor = select(wished > Batch(0.1), wished, Batch(0.1));
    const Batch next = larger(used * factor, Batch(1e-12));
    h = select(cut, select(fine, larger(h, next), next), next);
    step = select(hours > zero, h * hours, step);
  }
  return true;
}

}  // namespace qdose::QDOSE_ISA
