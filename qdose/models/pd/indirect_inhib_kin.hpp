// Turnover of a biomarker whose production the drug inhibits (indirect response I).
#pragma once
#include <array>

#include "qdose/models/definition.hpp"
#include "qdose/num/math.hpp"

namespace qdose::pd {

/// dR/dt = kin (1 - Imax C/(IC50 + C)) - kout R, kin = R0 kout, R(0) = R0. The report holds Imax at 1.
struct IndirectInhibKin {
  static constexpr About about{5, "pd_indirect_inhib_kin", "turnover with inhibited production",
                               "Dayneka, Garg & Jusko 1993, J Pharmacokinet Biopharm 21:457"};
  static constexpr std::array parameters{
      Parameter{"R0", "ng/mL", Scale::log, {6.0, 14.0, 0.0}, "baseline"},
      Parameter{"kout", "1/h", Scale::log, {0.03, 0.18, 0.20}, "loss rate constant"},
      Parameter{"IC50", "mg/L", Scale::log, {8.0, 30.0, 0.20}, "concentration of half the inhibition"},
      Parameter{"Imax", "-", Scale::logit, {1.0, 1.0, 0.0}, "largest inhibition, as a fraction", 1.0},
  };
  static constexpr std::array states{State{"response", "ng/mL"}};
  static constexpr Loss loss = Loss::constant;

  template <class R>
  static constexpr States<IndirectInhibKin, R> baseline(const Parameters<IndirectInhibKin, R>& p) {
    const auto& [R0, kout, IC50, Imax] = p;
    return {R0};
  }

  template <class R>
  static constexpr States<IndirectInhibKin, R> rhs(const R& C, const States<IndirectInhibKin, R>& y,
                                                   const Parameters<IndirectInhibKin, R>& p) {
    const auto& [response] = y;
    const auto& [R0, kout, IC50, Imax] = p;
    const R kin = R0 * kout, inhibited = Imax * C / (IC50 + C);
    return {kin * (R(1.0) - inhibited) - kout * response};
  }

  template <class R>
  static constexpr R response(const R&, const States<IndirectInhibKin, R>& y,
                              const Parameters<IndirectInhibKin, R>&) {
    return y[0];
  }
};

}  // namespace qdose::pd
