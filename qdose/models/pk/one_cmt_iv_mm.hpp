// One compartment, intravenous bolus, linear and saturable (Michaelis-Menten) elimination side by side.
#pragma once
#include <array>

#include "qdose/models/definition.hpp"
#include "qdose/num/math.hpp"

namespace qdose::pk {

/// dA/dt = -(CL/V) A - Vmax C/(Km + C), C = A/V.
struct OneCmtIvMm {
  static constexpr About about{
      3, "pk_1c_iv_mm", "one compartment, intravenous bolus, linear and saturable elimination",
      "Gabrielsson & Weiner 2016, Pharmacokinetic and Pharmacodynamic Data Analysis"};
  static constexpr std::array parameters{
      Parameter{"CL", "L/h", Scale::log, {0.03, 1.0, 0.25}, "clearance"},
      Parameter{"V", "L", Scale::log, {0.20, 2.0, 0.25}, "volume of distribution"},
      Parameter{"Vmax", "mg/h", Scale::log, {0.05, 2.5, 0.25}, "largest rate of saturable elimination"},
      Parameter{"Km", "mg/L", Scale::log, {1.0, 20.0, 0.25}, "concentration of half the largest rate"},
  };
  static constexpr std::array states{State{"central", "mg"}};
  static constexpr std::size_t dose_state = index_of(states, "central");

  template <class R>
  static States<OneCmtIvMm, R> rhs(const States<OneCmtIvMm, R>& a, const Parameters<OneCmtIvMm, R>& p) {
    const auto& [central] = a;
    const auto& [CL, V, Vmax, Km] = p;
    const R C = central / V;
    return {-(CL / V * central) - Vmax * C / (Km + C)};
  }

  template <class R>
  static R concentration(const States<OneCmtIvMm, R>& a, const Parameters<OneCmtIvMm, R>& p) {
    return a[index_of(states, "central")] / p[index_of(parameters, "V")];
  }

  /// Separation of variables gives F(u) = 0 for u = ln C after dt hours, C0 before, k = CL/V, v = Vmax/V, s =
  /// k Km + v:
  ///   F(u) = Km/s (u - ln C0) + v/s^2 (L(C) - L(C0)) + dt,   L(C) = C ln(1 + z)/z,   z = k C/s.
  /// F increases and is convex; Halley's iteration runs down to its root from the lower of two tangents'
  /// roots, which both lie above it. The last step is Newton's in the full scalar type: it carries the
  /// implicit derivatives. Relative error below 1e-10 for C0 up to 1e5 Km. A concentration below 1e-12 Km is
  /// eliminated linearly.
  template <class R, class T>
  static States<OneCmtIvMm, R> advance(const States<OneCmtIvMm, R>& a, const T& dt,
                                       const Parameters<OneCmtIvMm, R>& p) {
    const auto& [CL, V, Vmax, Km] = p;
    const R C0 = a[0] / V, k = CL / V, v = Vmax / V, s = k * Km + v;
    const auto negligible = C0 < R(1e-12) * Km;
    const R start = select(negligible, R(1e-12) * Km, C0), u0 = log(start), level0 = saturation(start, k, s);
    const auto gap = [&](const auto& u, const auto& C, const auto&... q) {
      return implicit_gap(u, C, dt, q...);
    };

    using V0 = decltype(value_of(C0));
    const V0 c0 = value_of(start), w0 = value_of(u0), l0 = value_of(level0), k0 = value_of(k),
             v0 = value_of(v);
    const V0 s0 = value_of(s), m0 = value_of(Km), t0 = value_of(dt);
    const V0 from_start = w0 - t0 * (k0 + v0 / (m0 + c0)),
             from_zero = w0 - (t0 - v0 / (s0 * s0) * l0) * s0 / m0;
    V0 w = select(from_start < from_zero, from_start, from_zero);
    for (int i = 0; i < 9; ++i) {
      const V0 C = exp(w), value = gap(w, C, w0, l0, k0, v0, s0, m0);
      const V0 clearing = s0 + k0 * C, slope = (m0 + C) / clearing, bend = v0 * C / (clearing * clearing);
      w = w - value / (slope - V0(0.5) * value * bend / slope);
    }
    const R u = R(w), C = exp(u);
    const R exact = u - gap(u, C, u0, level0, k, v, s, Km) * (s + k * C) / (Km + C);
    const R linear = a[0] * exp(-(dt * (k + v / Km)));
    return {select(negligible, linear, V * exp(exact))};
  }

 private:
  /// C ln(1 + z)/z with z = k C/s >= 0, by the series of 2 atanh where the logarithm would cancel.
  template <class R>
  static R saturation(const R& C, const R& k, const R& s) {
    const R z = k * C / s, h = z / (R(2.0) + z), h2 = h * h;
    const R series = R(2.0) / (R(2.0) + z) *
                     horner(R(1.0 / 15), h2, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3, 1.0);
    const R small = R(0.25), far = select(z < small, small, z);
    return C * select(z < small, series, log(R(1.0) + far) / far);
  }

  template <class R, class T>
  static R implicit_gap(const R& u, const R& C, const T& dt, const R& u0, const R& level0, const R& k,
                        const R& v, const R& s, const R& Km) {
    return Km / s * (u - u0) + v / (s * s) * (saturation(C, k, s) - level0) + dt;
  }
};

}  // namespace qdose::pk
