// One compartment, intravenous bolus, linear and saturable (Michaelis-Menten) elimination side by side.
#pragma once
#include <array>

#include "qdose/models/definition.hpp"
#include "qdose/models/saturable_fall.hpp"
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

  /// The course of the amount: in units of Km, c = C/Km.
  template <class R>
  static SaturableFall<R> fall(const Parameters<OneCmtIvMm, R>& p) {
    const auto& [CL, V, Vmax, Km] = p;
    return saturable_fall(CL / V, Vmax / (V * Km), V * Km);
  }

  /// Exact amount after dt hours: where the clock of its course then stands. Relative error below 1e-10 for C
  /// up to 1e5 Km; below 1e-12 Km elimination is linear.
  template <class R, class T>
  static States<OneCmtIvMm, R> advance(const States<OneCmtIvMm, R>& a, const T& dt,
                                       const Parameters<OneCmtIvMm, R>& p) {
    using Value = decltype(value_of(a[0]));
    Parameters<OneCmtIvMm, Value> value;
    for (std::size_t i = 0; i < value.size(); ++i) value[i] = value_of(p[i]);
    const auto course = fall(p);
    const R least = R(1e-12), c0 = a[0] / course.unit, elapsed = course.rate * dt;
    const auto negligible = c0 < least;
    const R from = select(negligible, least, c0), until = course.at_amount(from).near.x + elapsed;
    const auto values = fall(value);
    const auto start = values.at_amount(value_of(from));
    const Value end = values.amount(values.approach(start, value_of(until)), value_of(until)).c;

    // One step of Newton in the full scalar type: it carries the derivatives of the implicit function.
    const auto near = course.at_amount(R(end));
    const R u = near.near.u + (near.near.x - until) * course.speed(near.c);
    return {select(negligible, a[0] * exp(-elapsed), course.unit * exp(u))};
  }
};

}  // namespace qdose::pk
