// Turnover of a biomarker whose loss the drug inhibits (indirect response II).
#pragma once
#include <array>

#include "qdose/models/definition.hpp"
#include "qdose/num/math.hpp"

namespace qdose::pd {

/// dR/dt = kin - kout (1 - Imax C/(IC50 + C)) R, kin = R0 kout, R(0) = R0.
struct IndirectInhibKout {
  static constexpr About about{7, "pd_indirect_inhib_kout", "turnover with inhibited loss",
                               "Dayneka, Garg & Jusko 1993, J Pharmacokinet Biopharm 21:457"};
  static constexpr std::array parameters{
      Parameter{"R0", "ng/mL", Scale::log, {6.0, 14.0, 0.0}, "baseline"},
      Parameter{"kout", "1/h", Scale::log, {0.05, 0.25, 0.20}, "loss rate constant"},
      Parameter{"Imax", "-", Scale::logit, {0.05, 0.35, 0.20}, "largest inhibition, as a fraction"},
      Parameter{"IC50", "mg/L", Scale::log, {8.0, 30.0, 0.20}, "concentration of half the inhibition"},
  };
  static constexpr std::array states{State{"response", "ng/mL"}};
  static constexpr Loss loss = Loss::driven;

  template <class R>
  static constexpr States<IndirectInhibKout, R> baseline(const Parameters<IndirectInhibKout, R>& p) {
    const auto& [R0, kout, Imax, IC50] = p;
    return {R0};
  }

  template <class R>
  static constexpr States<IndirectInhibKout, R> rhs(const R& C, const States<IndirectInhibKout, R>& y,
                                                    const Parameters<IndirectInhibKout, R>& p) {
    const auto& [response] = y;
    const auto& [R0, kout, Imax, IC50] = p;
    const R kin = R0 * kout, inhibited = Imax * C / (IC50 + C);
    return {kin - kout * (R(1.0) - inhibited) * response};
  }

  template <class R>
  static constexpr R response(const R&, const States<IndirectInhibKout, R>& y,
                              const Parameters<IndirectInhibKout, R>&) {
    return y[0];
  }
};

}  // namespace qdose::pd
