// A stimulated level that reaches the response through three transit compartments.
#pragma once
#include <array>

#include "qdose/models/definition.hpp"
#include "qdose/num/math.hpp"

namespace qdose::pd {

/// Input R0 (1 + Emax C/(EC50 + C)); each stage follows the one before with rate ktr_pd; the last is the
/// response.
struct TransitDelay {
  static constexpr About about{9, "pd_transit_delay", "stimulated level delayed by a transit chain",
                               "Mager & Jusko 2001, Clin Pharmacol Ther 70:210"};
  static constexpr std::array parameters{
      Parameter{"R0", "ng/mL", Scale::log, {6.0, 14.0, 0.0}, "baseline"},
      Parameter{"ktr_pd", "1/h", Scale::log, {0.01, 0.15, 0.20}, "transit rate constant"},
      Parameter{"Emax", "-", Scale::log, {0.02, 0.45, 0.20}, "largest stimulation, as a fraction"},
      Parameter{"EC50", "mg/L", Scale::log, {8.0, 30.0, 0.20}, "concentration of half the effect"},
  };
  static constexpr std::array states{State{"stage1", "ng/mL"}, State{"stage2", "ng/mL"},
                                     State{"stage3", "ng/mL"}};
  static constexpr Loss loss = Loss::constant;

  template <class R>
  static constexpr States<TransitDelay, R> baseline(const Parameters<TransitDelay, R>& p) {
    const auto& [R0, ktr_pd, Emax, EC50] = p;
    return {R0, R0, R0};
  }

  template <class R>
  static constexpr States<TransitDelay, R> rhs(const R& C, const States<TransitDelay, R>& y,
                                               const Parameters<TransitDelay, R>& p) {
    const auto& [stage1, stage2, stage3] = y;
    const auto& [R0, ktr_pd, Emax, EC50] = p;
    const R level = R0 * (R(1.0) + Emax * C / (EC50 + C));
    return {ktr_pd * (level - stage1), ktr_pd * (stage1 - stage2), ktr_pd * (stage2 - stage3)};
  }

  template <class R>
  static constexpr R response(const R&, const States<TransitDelay, R>& y,
                              const Parameters<TransitDelay, R>&) {
    return y[2];
  }
};

}  // namespace qdose::pd
