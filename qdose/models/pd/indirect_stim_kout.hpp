// Turnover of a biomarker whose loss the drug stimulates (indirect response IV).
#pragma once
#include <array>

#include "qdose/models/definition.hpp"
#include "qdose/num/math.hpp"

namespace qdose::pd {

/// dR/dt = kin - kout (1 + Emax C/(EC50 + C)) R, kin = R0 kout, R(0) = R0.
struct IndirectStimKout {
  static constexpr About about{8, "pd_indirect_stim_kout", "turnover with stimulated loss",
                               "Dayneka, Garg & Jusko 1993, J Pharmacokinet Biopharm 21:457"};
  static constexpr std::array parameters{
      Parameter{"R0", "ng/mL", Scale::log, {6.0, 14.0, 0.0}, "baseline"},
      Parameter{"kout", "1/h", Scale::log, {0.05, 0.25, 0.20}, "loss rate constant"},
      Parameter{"Emax", "-", Scale::log, {0.02, 0.45, 0.20}, "largest stimulation, as a fraction"},
      Parameter{"EC50", "mg/L", Scale::log, {8.0, 30.0, 0.20}, "concentration of half the effect"},
  };
  static constexpr std::array states{State{"response", "ng/mL"}};
  static constexpr Loss loss = Loss::driven;

  template <class R>
  static constexpr States<IndirectStimKout, R> baseline(const Parameters<IndirectStimKout, R>& p) {
    const auto& [R0, kout, Emax, EC50] = p;
    return {R0};
  }

  template <class R>
  static constexpr States<IndirectStimKout, R> rhs(const R& C, const States<IndirectStimKout, R>& y,
                                                   const Parameters<IndirectStimKout, R>& p) {
    const auto& [response] = y;
    const auto& [R0, kout, Emax, EC50] = p;
    const R kin = R0 * kout, stimulated = Emax * C / (EC50 + C);
    return {kin - kout * (R(1.0) + stimulated) * response};
  }

  template <class R>
  static constexpr R response(const R&, const States<IndirectStimKout, R>& y,
                              const Parameters<IndirectStimKout, R>&) {
    return y[0];
  }
};

}  // namespace qdose::pd
