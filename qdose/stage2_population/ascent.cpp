#include "qdose/stage2_population/ascent.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "qdose/stage2_population/metric.hpp"

namespace qdose {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

double evaluate(Density& density, const VectorXd& x, VectorXd& gradient) {
  gradient.resize(x.size());
  const std::size_t n = density.dimension();
  const double value = density.log_density({x.data(), n}, {gradient.data(), n});
  return std::isfinite(value) ? value : -std::numeric_limits<double>::infinity();
}

}  // namespace

Ascent climb(Density& density, VectorXd start, const std::vector<std::size_t>& held, double tolerance,
             int rounds) {
  constexpr double enough = 1e-4, shorter = 0.4;
  constexpr int attempts = 12;
  Ascent result{std::move(start)};
  VectorXd gradient, white, ahead, gradient_ahead, scales = VectorXd::Constant(result.position.size(), 0.05);
  result.log_density = evaluate(density, result.position, gradient);
  const ArrowStructure structure = density.arrow();
  std::size_t largest_block = 0;
  for (std::size_t b : structure.blocks) largest_block = std::max(largest_block, b);
  for (int round = 0; round < rounds; ++round) {
    ArrowCurvature curvature(structure);
    if (!add_curvature(density, result.position, scales, curvature, held)) break;
    result.gradients += static_cast<long>(2 * (structure.head - held.size() + largest_block));
    for (std::size_t h : held) gradient[static_cast<Index>(h)] = 0;
    scales = conditional_scales(curvature, 3.0);
    const ArrowMetric metric(result.position, curvature);
    metric.pull_gradient(gradient, white);
    result.decrement = white.squaredNorm();
    bool gained = false;
    double step = 1.0;
    for (int i = 0; i < attempts && !gained; ++i, step *= shorter) {
      metric.to_position(step * white, ahead);
      const double value = evaluate(density, ahead, gradient_ahead);
      ++result.gradients;
      gained = value > result.log_density + enough * step * result.decrement;
      if (!gained) continue;
      result.position = ahead;
      gradient = gradient_ahead;
      result.log_density = value;
    }
    if (!gained || result.decrement < tolerance) break;
  }
  return result;
}

}  // namespace qdose
