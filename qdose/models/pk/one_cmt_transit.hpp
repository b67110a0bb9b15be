// One compartment fed through a chain of three transit compartments.
#pragma once
#include <array>

#include "qdose/models/definition.hpp"
#include "qdose/num/math.hpp"

namespace qdose::pk {

/// A dose enters transit1; all transit rates are ktr; the last one feeds central.
struct OneCmtTransit {
  static constexpr About about{7, "pk_1c_transit_abs",
                               "one compartment, absorption through three transit compartments",
                               "Savic et al. 2007, J Pharmacokinet Pharmacodyn 34:711"};
  static constexpr std::array parameters{
      Parameter{"CL", "L/h", Scale::log, {0.03, 1.0, 0.25}, "clearance"},
      Parameter{"V", "L", Scale::log, {0.20, 2.0, 0.25}, "volume of distribution"},
      Parameter{"ktr", "1/h", Scale::log, {0.05, 2.5, 0.25}, "transit rate constant"},
  };
  static constexpr std::array states{State{"transit1", "mg"}, State{"transit2", "mg"},
                                     State{"transit3", "mg"}, State{"central", "mg"}};
  static constexpr std::size_t dose_state = index_of(states, "transit1");

  template <class R>
  static States<OneCmtTransit, R> rhs(const States<OneCmtTransit, R>& a,
                                      const Parameters<OneCmtTransit, R>& p) {
    const auto& [transit1, transit2, transit3, central] = a;
    const auto& [CL, V, ktr] = p;
    const R out1 = ktr * transit1, out2 = ktr * transit2, out3 = ktr * transit3;
    return {-out1, out1 - out2, out2 - out3, out3 - CL / V * central};
  }

  template <class R>
  static R concentration(const States<OneCmtTransit, R>& a, const Parameters<OneCmtTransit, R>& p) {
    return a[index_of(states, "central")] / p[index_of(parameters, "V")];
  }

  /// Exact amounts after dt hours: an Erlang chain. With x = ktr dt and delta = (ktr - CL/V) dt, the share of
  /// a unit in the n-th compartment before the last that has reached central is x^(n+1) F_n,
  ///   F_n = exp(-x) int_0^1 exp(delta r) (1 - r)^n / n! dr,   delta F_n = F_(n-1) - exp(-x)/n!,   F_(-1) =
  ///   exp(-k dt):
  /// upwards by that recursion, downwards from a series in delta where the rates nearly agree. Relative error
  /// < 1e-12.
  template <class R, class T>
  static States<OneCmtTransit, R> advance(const States<OneCmtTransit, R>& a, const T& dt,
                                          const Parameters<OneCmtTransit, R>& p) {
    const auto& [transit1, transit2, transit3, central] = a;
    const auto& [CL, V, ktr] = p;
    const R x = ktr * dt, y = CL / V * dt, delta = x - y;
    const R stay = exp(-x), kept = exp(-y);

    const R limit = R(0.5);
    const auto close = select(delta < R(0.0), -delta, delta) < limit;
    const R near = select(close, delta, R(0.0)), far = select(close, R(1.0), delta);
    const R high0 = (kept - stay) / far, high1 = (high0 - stay) / far, high2 = (high1 - R(0.5) * stay) / far;
    const R low2 = kept * near_series(near), low1 = near * low2 + R(0.5) * stay, low0 = near * low1 + stay;
    const R reach0 = x * select(close, low0, high0), reach1 = x * x * select(close, low1, high1),
            reach2 = x * x * x * select(close, low2, high2);

    const R half = R(0.5) * x * x;
    return {stay * transit1, stay * (transit2 + x * transit1),
            stay * (transit3 + x * transit2 + half * transit1),
            kept * central + reach0 * transit3 + reach1 * transit2 + reach2 * transit1};
  }

 private:
  /// 1/2 int_0^1 r^2 exp(-delta r) dr = 1/2 sum_j (-delta)^j / (j! (j + 3)) for |delta| <= 1/2.
  template <class R>
  static R near_series(const R& delta) {
    constexpr int terms = 14;
    R sum = R(0.0);
    double factorial = 1;
    for (int j = 2; j < terms; ++j) factorial *= j;
    for (int j = terms - 1; j >= 0; --j) {
      sum = R(0.5 / (factorial * (j + 3))) - delta * sum;
      if (j > 0) factorial /= j;
    }
    return sum;
  }
};

}  // namespace qdose::pk
