// One compartment, intravenous bolus.
#pragma once
#include <array>

#include "qdose/models/compartments.hpp"
#include "qdose/models/definition.hpp"

namespace qdose::pk {

/// dA/dt = -(CL/V) A, C = A/V.
struct OneCmtIv {
  static constexpr About about{
      0, "pk_1c_iv", "one compartment, intravenous bolus",
      "Gabrielsson & Weiner 2016, Pharmacokinetic and Pharmacodynamic Data Analysis"};
  static constexpr std::array parameters{
      Parameter{"CL", "L/h", Scale::log, {0.03, 1.0, 0.25}, "clearance"},
      Parameter{"V", "L", Scale::log, {0.20, 2.0, 0.25}, "volume of distribution"},
  };
  static constexpr std::array states{State{"central", "mg"}};
  static constexpr std::size_t dose_state = index_of(states, "central");

  template <class R>
  static States<OneCmtIv, R> rhs(const States<OneCmtIv, R>& a, const Parameters<OneCmtIv, R>& p) {
    const auto& [central] = a;
    const auto& [CL, V] = p;
    return {-(CL / V * central)};
  }

  template <class R>
  static R concentration(const States<OneCmtIv, R>& a, const Parameters<OneCmtIv, R>& p) {
    return a[index_of(states, "central")] / p[index_of(parameters, "V")];
  }

  template <class R>
  static Modes<R, 1> modes(const Parameters<OneCmtIv, R>& p) {
    const auto& [CL, V] = p;
    return one_compartment(CL, V);
  }
};

}  // namespace qdose::pk
