// Two compartments, intravenous bolus.
#pragma once
#include <array>

#include "qdose/models/compartments.hpp"
#include "qdose/models/definition.hpp"

namespace qdose::pk {

/// Central exchanges with peripheral, elimination from central.
struct TwoCmtIv {
  static constexpr About about{
      4, "pk_2c_iv", "two compartments, intravenous bolus",
      "Gabrielsson & Weiner 2016, Pharmacokinetic and Pharmacodynamic Data Analysis"};
  static constexpr std::array parameters{
      Parameter{"CL", "L/h", Scale::log, {0.03, 1.0, 0.25}, "clearance"},
      Parameter{"Vc", "L", Scale::log, {0.20, 2.0, 0.25}, "central volume"},
      Parameter{"Vp", "L", Scale::log, {1.0, 12.0, 0.25}, "peripheral volume"},
      Parameter{"Q", "L/h", Scale::log, {0.05, 2.0, 0.25}, "inter-compartmental clearance"},
  };
  static constexpr std::array states{State{"central", "mg"}, State{"peripheral", "mg"}};
  static constexpr std::size_t dose_state = index_of(states, "central");

  template <class R>
  static States<TwoCmtIv, R> rhs(const States<TwoCmtIv, R>& a, const Parameters<TwoCmtIv, R>& p) {
    const auto& [central, peripheral] = a;
    const auto& [CL, Vc, Vp, Q] = p;
    const R exchanged = Q * (central / Vc - peripheral / Vp);
    return {-(CL / Vc * central) - exchanged, exchanged};
  }

  template <class R>
  static R concentration(const States<TwoCmtIv, R>& a, const Parameters<TwoCmtIv, R>& p) {
    return a[index_of(states, "central")] / p[index_of(parameters, "Vc")];
  }

  template <class R>
  static Modes<R, 2> modes(const Parameters<TwoCmtIv, R>& p) {
    const auto& [CL, Vc, Vp, Q] = p;
    return two_compartments(CL, Vc, Q, Vp);
  }
};

}  // namespace qdose::pk
