// Direct linear effect of the concentration.
#pragma once
#include <array>

#include "qdose/models/definition.hpp"
#include "qdose/num/math.hpp"

namespace qdose::pd {

/// R = max(0, R0 + SLOPE C).
struct DirectLinear {
  static constexpr About about{
      0, "pd_direct_linear", "direct linear effect",
      "Gabrielsson & Weiner 2016, Pharmacokinetic and Pharmacodynamic Data Analysis"};
  static constexpr std::array parameters{
      Parameter{"R0", "ng/mL", Scale::log, {6.0, 14.0, 0.0}, "baseline"},
      Parameter{"SLOPE",
                "(ng/mL)/(mg/L)",
                Scale::log,
                {0.002, 0.08, 0.20},
                "change of the response per concentration"},
  };
  static constexpr std::array<State, 0> states{};
  static constexpr Loss loss = Loss::none;

  template <class R>
  static constexpr States<DirectLinear, R> baseline(const Parameters<DirectLinear, R>&) {
    return {};
  }

  template <class R>
  static constexpr States<DirectLinear, R> rhs(const R&, const States<DirectLinear, R>&,
                                               const Parameters<DirectLinear, R>&) {
    return {};
  }

  template <class R>
  static constexpr R response(const R& C, const States<DirectLinear, R>&,
                              const Parameters<DirectLinear, R>& p) {
    const auto& [R0, SLOPE] = p;
    const R value = R0 + SLOPE * C;
    return select(value < R(0.0), R(0.0), value);
  }
};

}  // namespace qdose::pd
