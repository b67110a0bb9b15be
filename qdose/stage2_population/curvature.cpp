#include "qdose/stage2_population/curvature.hpp"

#include <algorithm>
#include <cmath>

#include "qdose/base/expects.hpp"

namespace qdose {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

Index size(std::size_t n) { return static_cast<Index>(n); }

/// The gradient's central difference along `step` (half of it); `gradient_at(x, g)` is false where the
/// density is not finite.
template <class Gradient>
bool gradient_difference(const VectorXd& x, const VectorXd& step, VectorXd& difference,
                         Gradient gradient_at) {
  VectorXd ahead(x.size()), behind(x.size());
  if (!gradient_at(x + step, ahead) || !gradient_at(x - step, behind)) return false;
  difference = 0.5 * (behind - ahead);
  return difference.allFinite();
}

}  // namespace

ArrowCurvature::ArrowCurvature(const ArrowStructure& structure) {
  const Index p = size(structure.head), rest = size(structure.dimension()) - p;
  head = Eigen::MatrixXd::Zero(p, p);
  coupling = Eigen::MatrixXd::Zero(rest, p);
  for (std::size_t b : structure.blocks) blocks.push_back(Eigen::MatrixXd::Zero(size(b), size(b)));
}

ArrowCurvature& ArrowCurvature::operator+=(const ArrowCurvature& other) {
  head += other.head;
  coupling += other.coupling;
  for (std::size_t b = 0; b < blocks.size(); ++b) blocks[b] += other.blocks[b];
  return *this;
}

ArrowCurvature& ArrowCurvature::operator*=(double factor) {
  head *= factor;
  coupling *= factor;
  for (auto& block : blocks) block *= factor;
  return *this;
}

bool add_curvature(Density& density, const VectorXd& x, const VectorXd& scale, ArrowCurvature& sum,
                   std::span<const std::size_t> held) {
  const ArrowStructure structure = density.arrow();
  expects(!structure.empty() && structure.dimension() == density.dimension(),
          "an arrow structure of the density");
  const Index p = size(structure.head), rest = x.size() - p;
  constexpr double relative_step = 1e-3;
  ArrowCurvature here(structure);
  VectorXd step = VectorXd::Zero(x.size()), difference;
  const std::size_t n = density.dimension();
  for (Index j = 0; j < p; ++j) {
    if (std::find(held.begin(), held.end(), static_cast<std::size_t>(j)) != held.end()) {
      here.head(j, j) = 1;
      continue;
    }
    step[j] = relative_step * scale[j];
    const auto along = [&](const VectorXd& at, VectorXd& gradient) {
      return density.gradient_along(static_cast<std::size_t>(j), {at.data(), n}, {gradient.data(), n});
    };
    if (!gradient_difference(x, step, difference, along)) return false;
    here.head.col(j) = difference.head(p) / step[j];
    here.coupling.col(j) = difference.tail(rest) / step[j];
    step[j] = 0;
  }
  Index largest = 0;
  for (const auto& block : here.blocks) largest = std::max(largest, block.rows());
  for (Index k = 0; k < largest; ++k) {
    Index at = p;
    for (const auto& block : here.blocks) {
      if (k < block.rows()) step[at + k] = relative_step * scale[at + k];
      at += block.rows();
    }
    const auto all = [&](const VectorXd& place, VectorXd& gradient) {
      return std::isfinite(density.log_density({place.data(), n}, {gradient.data(), n}));
    };
    if (!gradient_difference(x, step, difference, all)) return false;
    at = p;
    for (auto& block : here.blocks) {
      if (k < block.rows()) {
        block.col(k) = difference.segment(at, block.rows()) / step[at + k];
        step[at + k] = 0;
      }
      at += block.rows();
    }
  }
  for (std::size_t h : held) {  // what other columns say of it
    here.head.row(size(h)).setZero();
    here.head(size(h), size(h)) = 1;
  }
  here.head = (0.5 * (here.head + here.head.transpose())).eval();
  for (auto& block : here.blocks) block = (0.5 * (block + block.transpose())).eval();
  sum += here;
  return true;
}

VectorXd conditional_scales(const ArrowCurvature& curvature, double largest) {
  const double floor = 1.0 / (largest * largest);
  const auto scale = [&](double second_derivative) {
    return 1.0 / std::sqrt(std::max(std::abs(second_derivative), floor));
  };
  VectorXd scales(curvature.head.rows() + curvature.coupling.rows());
  Index at = 0;
  for (Index j = 0; j < curvature.head.rows(); ++j) scales[at++] = scale(curvature.head(j, j));
  for (const auto& block : curvature.blocks)
    for (Index k = 0; k < block.rows(); ++k) scales[at++] = scale(block(k, k));
  return scales;
}

}  // namespace qdose
