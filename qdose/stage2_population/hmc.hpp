// Hamiltonian Monte Carlo with a trajectory of fixed length, plain or with random mass ("quantum-inspired"
// HMC).
#pragma once
#include "qdose/stage2_population/integrator.hpp"

namespace qdose {

/// How the mass of a trajectory is drawn (Liu & Zhang 2019, "Quantum-inspired Hamiltonian Monte Carlo for
/// Bayesian sampling"), around the adapted metric. Every form leaves the density invariant, since the mass
/// does not depend on the position.
///  none      1: plain HMC.
///  scalar    S-form: log10 m ~ N(0, spread^2). S(step, L, m) is HMC with step/sqrt(m): a log-normal jitter
///  of the
///            step, which breaks resonances of a badly chosen length.
///  diagonal  D-form: the same independently for every coordinate.
///  mixture   M-form: mostly scalar; one time in ten around m = 10, short careful steps for strongly curved
///  places.
enum class MassForm { none, scalar, diagonal, mixture };

struct HmcSettings {
  double step = 0.1;  ///< at unit mass
  int steps = 20;     ///< of a trajectory
  MassForm form = MassForm::none;
  double spread = 0.1;  ///< of log10 m; 0.1-0.25 help, 0.5 and more diverge
  Integrator integrator = Integrator::leapfrog;
};

/// One transition: momentum and mass drawn, `steps` steps, Metropolis test; a rejected state is
/// counted again.
Transition hmc_transition(Target& target, const Point& from, const HmcSettings& settings, Stream& random);

}  // namespace qdose
