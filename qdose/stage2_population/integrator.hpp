// One step of a trajectory: kicks and drifts in turn, symmetric in time.
#pragma once
#include "qdose/stage2_population/phase_space.hpp"

namespace qdose {

/// Palindromic splittings of the Hamiltonian, all reversible, volume-preserving and with an energy error
/// O(step^2).
///  leapfrog     one gradient a step.
///  two_stage    two, with the coefficients that keep the expected energy error of normal densities smallest
///               over steps up to 2 (Blanes, Casas & Sanz-Serna 2014, "Numerical integrators for the Hybrid
///               Monte Carlo method", SIAM J. Sci. Comput. 36): far smaller than that of two leapfrog steps
///               of half the length, which is what a high-dimensional density near normal asks for.
///  three_stage  three, the same for steps up to 3.
enum class Integrator { leapfrog, two_stage, three_stage };

/// Gradients that a step takes: 1, 2 or 3.
int stages_of(Integrator integrator);

/// One step of unit mass. A negative step goes back the way that the positive one came.
void integrate(Integrator integrator, Target& target, Phase& phase, double step);

/// The same with a diagonal mass matrix, given by its inverse.
void integrate(Integrator integrator, Target& target, Phase& phase, double step,
               const Eigen::VectorXd& inverse_mass);

}  // namespace qdose
