// Two compartments, each dose infused at constant rate over tau hours.
#pragma once
#include <array>

#include "qdose/models/compartments.hpp"
#include "qdose/models/definition.hpp"

namespace qdose::pk {

/// As TwoCmtIv; a dose enters central with rate dose/tau on [t, t + tau).
struct TwoCmtIvInfusion {
  static constexpr About about{
      5, "pk_2c_iv_infusion", "two compartments, zero-order infusion",
      "Gabrielsson & Weiner 2016, Pharmacokinetic and Pharmacodynamic Data Analysis"};
  static constexpr std::array parameters{
      Parameter{"CL", "L/h", Scale::log, {0.03, 1.0, 0.25}, "clearance"},
      Parameter{"Vc", "L", Scale::log, {0.20, 2.0, 0.25}, "central volume"},
      Parameter{"Vp", "L", Scale::log, {1.0, 12.0, 0.25}, "peripheral volume"},
      Parameter{"Q", "L/h", Scale::log, {0.05, 2.0, 0.25}, "inter-compartmental clearance"},
      Parameter{"tau", "h", Scale::log, {0.5, 8.0, 0.0}, "duration of an infusion"},
  };
  static constexpr std::array states{State{"central", "mg"}, State{"peripheral", "mg"}};
  static constexpr std::size_t dose_state = index_of(states, "central");

  template <class R>
  static States<TwoCmtIvInfusion, R> rhs(const States<TwoCmtIvInfusion, R>& a,
                                         const Parameters<TwoCmtIvInfusion, R>& p) {
    const auto& [central, peripheral] = a;
    const auto& [CL, Vc, Vp, Q, tau] = p;
    const R exchanged = Q * (central / Vc - peripheral / Vp);
    return {-(CL / Vc * central) - exchanged, exchanged};
  }

  template <class R>
  static R concentration(const States<TwoCmtIvInfusion, R>& a, const Parameters<TwoCmtIvInfusion, R>& p) {
    return a[index_of(states, "central")] / p[index_of(parameters, "Vc")];
  }

  template <class R>
  static Modes<R, 2> modes(const Parameters<TwoCmtIvInfusion, R>& p) {
    const auto& [CL, Vc, Vp, Q, tau] = p;
    return two_compartments(CL, Vc, Q, Vp);
  }
};

}  // namespace qdose::pk
