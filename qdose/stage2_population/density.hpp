// What a sampler needs of a distribution: its log density with gradient, and what is known of its shape.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <numeric>
#include <span>
#include <vector>

#include "qdose/base/random.hpp"

namespace qdose {

/// Coordinates in which the curvature has the form of an arrow: the first `head` coordinates act on
/// everything, the blocks after them (`blocks` holds their sizes, in order) do not act on each other. A
/// population model has one block a subject. Empty: nothing is known.
struct ArrowStructure {
  std::size_t head = 0;
  std::vector<std::size_t> blocks;

  bool empty() const { return head == 0 && blocks.empty(); }
  std::size_t dimension() const { return std::accumulate(blocks.begin(), blocks.end(), head); }
};

/// A density on R^dimension. One object serves one thread at a time, so it may keep scratch memory; clone()
/// makes another for another thread, which must give the same values.
class Density {
 public:
  virtual ~Density() = default;
  virtual std::size_t dimension() const = 0;

  /// The log density at `x` up to a constant; fills `gradient` (same length). -infinity, NaN or infinity say
  /// that arithmetic failed there: the sampler counts it and turns back, and does not read the gradient.
  virtual double log_density(std::span<const double> x, std::span<double> gradient) = 0;

  /// The gradient up to terms that do not depend on coordinate `j` of the arrow's head: enough for
  /// differences along it, and cheap for a density that knows which terms these are. False where arithmetic
  /// failed.
  virtual bool gradient_along(std::size_t j, std::span<const double> x, std::span<double> gradient) {
    (void)j;
    return std::isfinite(log_density(x, gradient));
  }

  virtual std::unique_ptr<Density> clone() const = 0;
  virtual ArrowStructure arrow() const { return {}; }

  /// A density may learn better coordinates during warm-up. `draws` are reported coordinates of recent draws,
  /// one vector each. True when its coordinates changed: the sampler then translates its state by the two
  /// functions below.
  virtual bool learn_coordinates(std::span<const std::vector<double>> draws) {
    (void)draws;
    return false;
  }
  /// Sampled coordinates to reported ones, which never change, and back. All have length dimension().
  virtual void to_reported(std::span<const double> x, std::span<double> reported) const {
    std::copy(x.begin(), x.end(), reported.begin());
  }
  virtual void from_reported(std::span<const double> reported, std::span<double> x) const {
    std::copy(reported.begin(), reported.end(), x.begin());
  }
  /// A step that changes `x` without the help of gradients and leaves the density invariant, for what a
  /// trajectory can hardly reach (a second solution with the same likelihood). True when `x` changed.
  virtual bool jump(std::span<double> x, Stream& random) {
    (void)x, (void)random;
    return false;
  }
  /// Whether log_density at `x` costs next to nothing, since a jump that came there left what is costly as it
  /// was. Such a gradient is not counted.
  virtual bool remembers(std::span<const double> x) const {
    (void)x;
    return false;
  }
  /// What is remembered, as numbers, and back: without it a chain would go on from a checkpoint with other
  /// last digits.
  virtual std::vector<double> memory() const { return {}; }
  virtual void remember(std::span<const double> memory) { (void)memory; }
  /// What was learnt, as numbers, and back: a checkpoint keeps them.
  virtual std::vector<double> learnt() const { return {}; }
  virtual void restore(std::span<const double> learnt) { (void)learnt; }
  /// A number that differs between densities that differ, as far as it matters to tell checkpoints apart.
  virtual double identity() const { return 0; }
};

}  // namespace qdose
