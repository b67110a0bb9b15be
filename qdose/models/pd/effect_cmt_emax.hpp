// Emax effect of the concentration in an effect compartment (hysteresis).
#pragma once
#include <array>

#include "qdose/models/definition.hpp"
#include "qdose/num/math.hpp"

namespace qdose::pd {

/// dCe/dt = ke0 (C - Ce), Ce(0) = 0; R = max(0, R0 + Emax Ce/(EC50 + Ce)).
struct EffectCmtEmax {
  static constexpr About about{4, "pd_effect_comp_emax", "Emax effect of an effect compartment",
                               "Sheiner et al. 1979, Clin Pharmacol Ther 25:358"};
  static constexpr std::array parameters{
      Parameter{"R0", "ng/mL", Scale::log, {6.0, 14.0, 0.0}, "baseline"},
      Parameter{"Emax", "ng/mL", Scale::log, {0.05, 1.8, 0.20}, "largest increase of the response"},
      Parameter{"EC50", "mg/L", Scale::log, {8.0, 30.0, 0.20}, "concentration of half the effect"},
      Parameter{"ke0", "1/h", Scale::log, {0.01, 1.0, 0.20}, "equilibration rate constant"},
  };
  static constexpr std::array states{State{"Ce", "mg/L"}};
  static constexpr Loss loss = Loss::constant;

  template <class R>
  static constexpr States<EffectCmtEmax, R> baseline(const Parameters<EffectCmtEmax, R>&) {
    return {R(0.0)};
  }

  template <class R>
  static constexpr States<EffectCmtEmax, R> rhs(const R& C, const States<EffectCmtEmax, R>& y,
                                                const Parameters<EffectCmtEmax, R>& p) {
    const auto& [Ce] = y;
    const auto& [R0, Emax, EC50, ke0] = p;
    return {ke0 * (C - Ce)};
  }

  template <class R>
  static constexpr R response(const R&, const States<EffectCmtEmax, R>& y,
                              const Parameters<EffectCmtEmax, R>& p) {
    const auto& [R0, Emax, EC50, ke0] = p;
    const auto& [Ce] = y;
    const R value = R0 + Emax * Ce / (EC50 + Ce);
    return select(value < R(0.0), R(0.0), value);
  }
};

}  // namespace qdose::pd
