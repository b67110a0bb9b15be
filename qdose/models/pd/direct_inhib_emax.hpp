// Direct inhibition of the baseline by the concentration.
#pragma once
#include <array>

#include "qdose/models/definition.hpp"
#include "qdose/num/math.hpp"

namespace qdose::pd {

/// R = max(0, R0 (1 - Imax C/(IC50 + C))).
struct DirectInhibEmax {
  static constexpr About about{
      3, "pd_direct_inhib_emax", "direct inhibitory Emax effect",
      "Gabrielsson & Weiner 2016, Pharmacokinetic and Pharmacodynamic Data Analysis"};
  static constexpr std::array parameters{
      Parameter{"R0", "ng/mL", Scale::log, {6.0, 14.0, 0.0}, "baseline"},
      Parameter{"Imax", "-", Scale::logit, {0.05, 0.35, 0.20}, "largest inhibition, as a fraction"},
      Parameter{"IC50", "mg/L", Scale::log, {8.0, 30.0, 0.20}, "concentration of half the inhibition"},
  };
  static constexpr std::array<State, 0> states{};
  static constexpr Loss loss = Loss::none;

  template <class R>
  static constexpr States<DirectInhibEmax, R> baseline(const Parameters<DirectInhibEmax, R>&) {
    return {};
  }

  template <class R>
  static constexpr States<DirectInhibEmax, R> rhs(const R&, const States<DirectInhibEmax, R>&,
                                                  const Parameters<DirectInhibEmax, R>&) {
    return {};
  }

  template <class R>
  static constexpr R response(const R& C, const States<DirectInhibEmax, R>&,
                              const Parameters<DirectInhibEmax, R>& p) {
    const auto& [R0, Imax, IC50] = p;
    const R value = R0 * (R(1.0) - Imax * C / (IC50 + C));
    return select(value < R(0.0), R(0.0), value);
  }
};

}  // namespace qdose::pd
