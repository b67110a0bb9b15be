// Direct stimulatory Emax effect of the concentration.
#pragma once
#include <array>

#include "qdose/models/definition.hpp"
#include "qdose/num/math.hpp"

namespace qdose::pd {

/// R = max(0, R0 + Emax C/(EC50 + C)).
struct DirectEmax {
  static constexpr About about{
      1, "pd_direct_emax", "direct stimulatory Emax effect",
      "Gabrielsson & Weiner 2016, Pharmacokinetic and Pharmacodynamic Data Analysis"};
  static constexpr std::array parameters{
      Parameter{"R0", "ng/mL", Scale::log, {6.0, 14.0, 0.0}, "baseline"},
      Parameter{"Emax", "ng/mL", Scale::log, {0.05, 1.8, 0.20}, "largest increase of the response"},
      Parameter{"EC50", "mg/L", Scale::log, {8.0, 30.0, 0.20}, "concentration of half the effect"},
  };
  static constexpr std::array<State, 0> states{};
  static constexpr Loss loss = Loss::none;

  template <class R>
  static constexpr States<DirectEmax, R> baseline(const Parameters<DirectEmax, R>&) {
    return {};
  }

  template <class R>
  static constexpr States<DirectEmax, R> rhs(const R&, const States<DirectEmax, R>&,
                                             const Parameters<DirectEmax, R>&) {
    return {};
  }

  template <class R>
  static constexpr R response(const R& C, const States<DirectEmax, R>&, const Parameters<DirectEmax, R>& p) {
    const auto& [R0, Emax, EC50] = p;
    const R value = R0 + Emax * C / (EC50 + C);
    return select(value < R(0.0), R(0.0), value);
  }
};

}  // namespace qdose::pd
