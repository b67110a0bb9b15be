// The no-U-turn sampler: a trajectory that doubles until it turns back, and a state drawn from all of it.
#pragma once
#include "qdose/stage2_population/integrator.hpp"

namespace qdose {

struct NutsSettings {
  double step = 0.1;
  int max_depth = 10;   ///< at most 2^max_depth - 1 steps
  double spread = 0.0;  ///< step jitter: log10 m ~ N(0, spread^2), as the S-form of qihmc
  Integrator integrator = Integrator::leapfrog;
};

/// One transition of multinomial NUTS (Hoffman & Gelman 2014; Betancourt 2017, "A conceptual introduction to
/// HMC"): biased progressive sampling between doublings, generalised U-turn criterion, also across the halves
/// of a doubling.
Transition nuts_transition(Target& target, const Point& from, const NutsSettings& settings, Stream& random);

}  // namespace qdose
