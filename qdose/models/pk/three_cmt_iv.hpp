// Three compartments, intravenous bolus.
#pragma once
#include <array>

#include "qdose/models/compartments.hpp"
#include "qdose/models/definition.hpp"

namespace qdose::pk {

/// Central exchanges with two peripheral compartments; elimination from central.
struct ThreeCmtIv {
  static constexpr About about{
      8, "pk_3c_iv", "three compartments, intravenous bolus",
      "Gabrielsson & Weiner 2016, Pharmacokinetic and Pharmacodynamic Data Analysis"};
  static constexpr std::array parameters{
      Parameter{"CL", "L/h", Scale::log, {0.03, 1.0, 0.25}, "clearance"},
      Parameter{"Vc", "L", Scale::log, {0.20, 2.0, 0.25}, "central volume"},
      Parameter{"Vp", "L", Scale::log, {1.0, 12.0, 0.25}, "peripheral volume"},
      Parameter{"Q", "L/h", Scale::log, {0.05, 2.0, 0.25}, "inter-compartmental clearance"},
      Parameter{"Vp2", "L", Scale::log, {1.0, 15.0, 0.25}, "second peripheral volume"},
      Parameter{"Q2", "L/h", Scale::log, {0.05, 1.5, 0.25}, "clearance to the second peripheral compartment"},
  };
  static constexpr std::array states{State{"central", "mg"}, State{"peripheral", "mg"},
                                     State{"peripheral2", "mg"}};
  static constexpr std::size_t dose_state = index_of(states, "central");

  template <class R>
  static States<ThreeCmtIv, R> rhs(const States<ThreeCmtIv, R>& a, const Parameters<ThreeCmtIv, R>& p) {
    const auto& [central, peripheral, peripheral2] = a;
    const auto& [CL, Vc, Vp, Q, Vp2, Q2] = p;
    const R C = central / Vc;
    const R exchanged = Q * (C - peripheral / Vp), exchanged2 = Q2 * (C - peripheral2 / Vp2);
    return {-(CL * C) - exchanged - exchanged2, exchanged, exchanged2};
  }

  template <class R>
  static R concentration(const States<ThreeCmtIv, R>& a, const Parameters<ThreeCmtIv, R>& p) {
    return a[index_of(states, "central")] / p[index_of(parameters, "Vc")];
  }

  template <class R>
  static Modes<R, 3> modes(const Parameters<ThreeCmtIv, R>& p) {
    const auto& [CL, Vc, Vp, Q, Vp2, Q2] = p;
    return three_compartments(CL, Vc, Q, Vp, Q2, Vp2);
  }
};

}  // namespace qdose::pk
