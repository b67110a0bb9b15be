// Newton's method on a log density with an arrow-shaped curvature.
#pragma once
#include <Eigen/Core>
#include <vector>

#include "qdose/stage2_population/density.hpp"

namespace qdose {

struct Ascent {
  Eigen::VectorXd position;
  double log_density = 0;
  double decrement = 0;  ///< g' H^-1 g at the end: twice the gain that a quadratic model still promises
  long gradients = 0;
};

/// Climbs from `start`, where the density must be finite, with the coordinates in `held` fixed; stops when
/// the decrement falls below `tolerance`, no step gains, or after `rounds`. Directions of wrong curvature are
/// climbed too.
Ascent climb(Density& density, Eigen::VectorXd start, const std::vector<std::size_t>& held, double tolerance,
             int rounds);

}  // namespace qdose
