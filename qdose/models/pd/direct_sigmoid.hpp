// Direct sigmoid Emax effect with Hill exponent.
#pragma once
#include <array>

#include "qdose/models/definition.hpp"
#include "qdose/num/math.hpp"

namespace qdose::pd {

/// R = max(0, R0 + Emax x/(1 + x)), x = (C/EC50)^Hill: the report's C^H/(EC50^H + C^H).
struct DirectSigmoid {
  static constexpr About about{
      2, "pd_direct_sigmoid", "direct sigmoid Emax effect",
      "Gabrielsson & Weiner 2016, Pharmacokinetic and Pharmacodynamic Data Analysis"};
  static constexpr std::array parameters{
      Parameter{"R0", "ng/mL", Scale::log, {6.0, 14.0, 0.0}, "baseline"},
      Parameter{"Emax", "ng/mL", Scale::log, {0.05, 1.8, 0.20}, "largest increase of the response"},
      Parameter{"EC50", "mg/L", Scale::log, {8.0, 30.0, 0.20}, "concentration of half the effect"},
      Parameter{"Hill", "-", Scale::log, {0.8, 3.0, 0.20}, "steepness"},
  };
  static constexpr std::array<State, 0> states{};
  static constexpr Loss loss = Loss::none;

  template <class R>
  static constexpr States<DirectSigmoid, R> baseline(const Parameters<DirectSigmoid, R>&) {
    return {};
  }

  template <class R>
  static constexpr States<DirectSigmoid, R> rhs(const R&, const States<DirectSigmoid, R>&,
                                                const Parameters<DirectSigmoid, R>&) {
    return {};
  }

  template <class R>
  static constexpr R response(const R& C, const States<DirectSigmoid, R>&,
                              const Parameters<DirectSigmoid, R>& p) {
    const auto& [R0, Emax, EC50, Hill] = p;
    const R x = pow(C / EC50, Hill), value = R0 + Emax * x / (R(1.0) + x);
    return select(value < R(0.0), R(0.0), value);
  }
};

}  // namespace qdose::pd
