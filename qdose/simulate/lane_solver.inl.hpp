// Dormand-Prince 5(4) on eight lanes with one step size: the lane with the largest error decides.
// Dormand & Prince (1980), J. Comput. Appl. Math. 6:19-26.
#pragma once
#include "qdose/models/definition.hpp"
#include "qdose/simulate/lane_memory.hpp"

namespace qdose::QDOSE_ISA {

/// Amounts of class M after `dt` h (per lane) under the zero-order input `rate` into the dose state. Relative
/// local error 1e-9 of the largest amount. A problem that is too stiff for 20,000 steps yields NaN.
template <class M, class R>
States<M, R> solve(States<M, R> y, const Batch& dt, const Batch& rate, const Parameters<M, R>& p) {
  constexpr std::size_t n = M::states.size();
  constexpr double a[6][6] = {{1. / 5},
                              {3. / 40, 9. / 40},
                              {44. / 45, -56. / 15, 32. / 9},
                              {19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729},
                              {9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656},
                              {35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84}};
  constexpr double error_weight[7] = {71. / 57600,      0,         -71. / 16695, 71. / 1920,
                                      -17253. / 339200, 22. / 525, -1. / 40};
  const auto slope = [&](const States<M, R>& s) {
    States<M, R> f = M::rhs(s, p);
    f[M::dose_state] = f[M::dose_state] + R(rate);
    for (R& x : f) x = x * R(dt);
    return f;
  };
  States<M, R> k[7];
  double t = 0, h = 0.1;
  k[0] = slope(y);
  for (int steps = 0; t < 1.0; ++steps) {
    if (steps > 20000) {
      for (R& x : y) x = R(__builtin_nan(""));
      return y;
    }
    if (t + h > 1.0) h = 1.0 - t;
    States<M, R> z = y;
    for (int s = 0; s < 6; ++s) {
      z = y;
      for (int j = 0; j <= s; ++j)
        for (std::size_t i = 0; i < n; ++i) z[i] = z[i] + R(h * a[s][j]) * k[j][i];
      k[s + 1] = slope(z);
    }
    double worst = 0;
    for (std::size_t l = 0; l < lanes; ++l) {
      double error = 0, size = 1e-12;
      for (std::size_t i = 0; i < n; ++i) {
        double e = 0;
        for (int j = 0; j < 7; ++j) e += error_weight[j] * value_of(k[j][i]).lane(l);
        const double m = value_of(z[i]).lane(l);
        error = __builtin_fmax(error, __builtin_fabs(h * e));
        size = __builtin_fmax(size, __builtin_fabs(m));
      }
      const double scaled = error / (1e-9 * size);
      worst = scaled > worst ? scaled : worst;
    }
    if (worst <= 1.0) {
      t += h;
      y = z;
      k[0] = k[6];
    }
    const double factor = worst > 0 ? 0.9 * __builtin_pow(worst, -0.2) : 5.0;
    h *= factor < 0.2 ? 0.2 : factor > 5.0 ? 5.0 : factor;
    if (!(h > 1e-12)) h = 1e-12;
  }
  return y;
}

}  // namespace qdose::QDOSE_ISA
