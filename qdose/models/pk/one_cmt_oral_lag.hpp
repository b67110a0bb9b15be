// One compartment, first-order absorption that starts Tlag after a dose.
#pragma once
#include <array>

#include "qdose/models/definition.hpp"
#include "qdose/models/pk/one_cmt_oral.hpp"

namespace qdose::pk {

/// As OneCmtOral; a dose at t enters the gut at t + Tlag.
struct OneCmtOralLag {
  static constexpr About about{
      2, "pk_1c_oral_lag", "one compartment, first-order absorption after a lag",
      "Gabrielsson & Weiner 2016, Pharmacokinetic and Pharmacodynamic Data Analysis"};
  static constexpr std::array parameters{
      Parameter{"CL", "L/h", Scale::log, {0.03, 1.0, 0.25}, "clearance"},
      Parameter{"V", "L", Scale::log, {0.20, 2.0, 0.25}, "volume of distribution"},
      Parameter{"ka", "1/h", Scale::log, {0.1, 3.0, 0.25}, "absorption rate constant"},
      Parameter{"Tlag", "h", Scale::log, {0.25, 6.0, 0.0}, "time from a dose to its arrival in the gut"},
  };
  static constexpr std::array states{State{"gut", "mg"}, State{"central", "mg"}};
  static constexpr std::size_t dose_state = index_of(states, "gut");

  template <class R>
  static States<OneCmtOralLag, R> rhs(const States<OneCmtOralLag, R>& a,
                                      const Parameters<OneCmtOralLag, R>& p) {
    return OneCmtOral::rhs(a, without_lag(p));
  }

  template <class R>
  static R concentration(const States<OneCmtOralLag, R>& a, const Parameters<OneCmtOralLag, R>& p) {
    return OneCmtOral::concentration(a, without_lag(p));
  }

  /// Response to a unit bolus that has arrived: time counts from t + Tlag.
  template <class R>
  static Modes<R, 2> modes(const Parameters<OneCmtOralLag, R>& p) {
    return OneCmtOral::modes(without_lag(p));
  }

 private:
  template <class R>
  static Parameters<OneCmtOral, R> without_lag(const std::array<R, 4>& p) {
    const auto& [CL, V, ka, Tlag] = p;
    return {CL, V, ka};
  }
};

}  // namespace qdose::pk
