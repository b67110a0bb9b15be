// Hamiltonian dynamics in white coordinates: points, phases, and what a transition reports.
#pragma once
#include <Eigen/Core>
#include <limits>
#include <optional>

#include "qdose/base/random.hpp"
#include "qdose/stage2_population/density.hpp"
#include "qdose/stage2_population/metric.hpp"

namespace qdose {

/// A place in the sampled space and what is known there. `gradient` is with respect to `white`.
struct Point {
  Eigen::VectorXd white, position, gradient;
  double log_density = -std::numeric_limits<double>::infinity();
};

/// A density seen through a metric; counts the gradients it was asked for.
struct Target {
  Density& density;
  const Metric& metric;
  long gradients = 0;
  Eigen::VectorXd scratch = {};

  /// Fills everything but `white` from `point.white`.
  void evaluate(Point& point);
  /// Fills log density and gradient from `point.position`.
  void evaluate_there(Point& point);
};

/// The point at `position` in the target's coordinates, evaluated.
Point point_at(Target& target, const Eigen::VectorXd& position);

/// A point with a momentum. Energy = -log density + |momentum|^2 / 2, or p'M^-1 p / 2 with a random mass.
struct Phase {
  Point point;
  Eigen::VectorXd momentum;
};

Eigen::VectorXd standard_normal(Eigen::Index n, Stream& random);

/// Where a trajectory was lost: the energy error passed `divergence_limit` or was not finite.
struct Divergence {
  Eigen::VectorXd position;  ///< where the step that failed began
  double energy_error =
      0;  ///< energy minus the trajectory's initial energy; NaN or infinite when arithmetic failed
};
inline constexpr double divergence_limit = 1000.0;

/// What one transition did, for adaptation and diagnostics.
struct TransitionInfo {
  double acceptance = 0;  ///< probability (HMC) or mean over the trajectory (NUTS), 0..1
  bool moved = false;     ///< false: the old state is counted again
  double energy = 0;      ///< of the state kept, with the momentum that it was reached with
  int steps = 0;          ///< gradients, which leapfrog takes one a step
  int depth = 0;          ///< doublings (NUTS)
  std::optional<Divergence> divergence;
};

/// The next state of a chain, as a value: transitions change nothing but the stream of random numbers.
struct Transition {
  Point point;
  TransitionInfo info;
};

}  // namespace qdose
