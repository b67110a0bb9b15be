// Which sampler gives most for its gradients, on the very model that was fitted.
#pragma once
#include "qdose/base/progress.hpp"
#include "qdose/results/bake_off.hpp"
#include "qdose/results/fit.hpp"
#include "qdose/stage2_population/fit_settings.hpp"
#include "qdose/stage2_population/structure.hpp"

namespace qdose {

inline constexpr long smallest_budget = 10000;

struct BakeOffSettings {
  int bake_off = 0;
  int budget = 60000;

  template <class Visitor>
  void visit(Visitor&& v) {
    v("bake_off", bake_off,
      "after the fit, compare qihmc, hmc and nuts over so many seeds (0: not; 5 give errors)");
    v("budget", budget,
      "gradients of all chains of a run, warm-up included, in this comparison (10000 or more)");
  }
};

/// S-qihmc, D-qihmc, hmc and nuts at target acceptance 0.8, nuts at 0.6, 0.7 and 0.9, and for the part that
/// the integrator has in it, S-qihmc with leapfrog steps and nuts with two-stage ones; each with every seed
/// from `fit_settings.seed` on, in turn on one thread: same starts, same coordinates, same warm-up length.
/// The structure is that of the fit. A warm-up that takes
/// the whole budget leaves a run without draws, whose ESS is 0. Fault::bad_usage for a budget out of range,
/// or one that no sampler's warm-up leaves anything of.
Result<BakeOff> run_bake_off(const Trial& trial, const Fit& fit, const FitSettings& fit_settings,
                             const StartingScales& scales, const BakeOffSettings& settings,
                             Progress& progress);

}  // namespace qdose
