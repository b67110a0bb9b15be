// The curvature of a log density in arrow form, from differences of its gradient: few gradients whatever the
// number of subjects.
#pragma once
#include <Eigen/Core>
#include <span>
#include <vector>

#include "qdose/stage2_population/density.hpp"

namespace qdose {

/// Minus the second derivatives of a log density: head x head, blocks x head (stacked), and one square block
/// each.
struct ArrowCurvature {
  Eigen::MatrixXd head, coupling;
  std::vector<Eigen::MatrixXd> blocks;

  explicit ArrowCurvature(const ArrowStructure& structure);
  ArrowCurvature& operator+=(const ArrowCurvature& other);
  ArrowCurvature& operator*=(double factor);
};

/// Adds the curvature at `x` by central differences with steps of 1e-3 `scale`. The k-th coordinates of all
/// blocks are moved at once, since blocks do not act on each other: 2 (head + largest block) gradients.
/// Coordinates of the head in `held` are taken as independent of all others, with curvature 1, at no cost.
/// False, and nothing added, where the density is not finite. `density.arrow()` must not be empty.
bool add_curvature(Density& density, const Eigen::VectorXd& x, const Eigen::VectorXd& scale,
                   ArrowCurvature& sum, std::span<const std::size_t> held = {});

/// 1/sqrt of the curvature's diagonal: the scale of each coordinate with the others held, at most `largest`.
Eigen::VectorXd conditional_scales(const ArrowCurvature& curvature, double largest);

}  // namespace qdose
