// The metric of a sampler as a change of coordinates: x = center + A z, chosen so that z is close to standard
// normal.
#pragma once
#include <Eigen/Core>
#include <memory>
#include <vector>

#include "qdose/stage2_population/curvature.hpp"

namespace qdose {

/// What a metric is made from: a diagonal one has a scale, one of low rank directions and stretches besides,
/// an arrow the curvature's parts.
struct MetricRecipe {
  Eigen::VectorXd center, scale;
  Eigen::MatrixXd head, coupling;
  std::vector<Eigen::MatrixXd> blocks;
  Eigen::MatrixXd directions = {};
  Eigen::VectorXd stretch = {};

  template <class Archive>
  void exchange(Archive& archive) {
    archive(center);
    archive(scale);
    archive(head);
    archive(coupling);
    archive(blocks);
    archive(directions);
    archive(stretch);
  }
};

/// An affine map between white coordinates z, in which trajectories are integrated with unit mass, and
/// positions x. Mass matrix M = (A A')^-1; a constant log-determinant does not matter to any sampler.
class Metric {
 public:
  virtual ~Metric() = default;
  virtual void to_position(const Eigen::VectorXd& white, Eigen::VectorXd& position) const = 0;
  virtual void to_white(const Eigen::VectorXd& position, Eigen::VectorXd& white) const = 0;
  /// The gradient with respect to z from that with respect to x: A' g.
  virtual void pull_gradient(const Eigen::VectorXd& gradient, Eigen::VectorXd& white) const = 0;
  virtual MetricRecipe recipe() const = 0;
};

/// The same metric again.
std::shared_ptr<const Metric> make_metric(const MetricRecipe& recipe);

/// Scales only.
class DiagonalMetric final : public Metric {
 public:
  DiagonalMetric(Eigen::VectorXd center, Eigen::VectorXd scale);
  MetricRecipe recipe() const override { return {center_, scale_, {}, {}, {}, {}, {}}; }
  void to_position(const Eigen::VectorXd& white, Eigen::VectorXd& position) const override;
  void to_white(const Eigen::VectorXd& position, Eigen::VectorXd& white) const override;
  void pull_gradient(const Eigen::VectorXd& gradient, Eigen::VectorXd& white) const override;

 private:
  Eigen::VectorXd center_, scale_;
};

/// The inverse Cholesky factor of an arrow curvature, block by block: as exact as a dense metric for a
/// density with that structure, at a cost linear in the number of blocks. Curvature that is not positive is
/// turned to its absolute value and kept above a floor relative to the coordinate's own scale, so that every
/// symmetric input gives a metric.
class ArrowMetric final : public Metric {
 public:
  ArrowMetric(Eigen::VectorXd center, const ArrowCurvature& curvature);
  MetricRecipe recipe() const override {
    return {center_, {}, made_from_.head, made_from_.coupling, made_from_.blocks, {}, {}};
  }
  void to_position(const Eigen::VectorXd& white, Eigen::VectorXd& position) const override;
  void to_white(const Eigen::VectorXd& position, Eigen::VectorXd& white) const override;
  void pull_gradient(const Eigen::VectorXd& gradient, Eigen::VectorXd& white) const override;
  /// log det of the (repaired) curvature: what a Laplace approximation needs.
  double log_determinant() const;

 private:
  struct Block {
    Eigen::Index first, size;              ///< rows among the blocks' coordinates
    Eigen::MatrixXd lower, inverse_lower;  ///< L of the block's curvature L L', and L^-1
  };
  Eigen::VectorXd center_;
  ArrowCurvature made_from_;
  Eigen::MatrixXd head_lower_,
      head_inverse_lower_;    ///< of the head's curvature with the blocks integrated out
  Eigen::MatrixXd coupling_;  ///< L^-1 times the coupling, stacked
  std::vector<Block> blocks_;
};

/// Deviations of values from the mean of the chain they belong to [coordinate, value].
Eigen::MatrixXd deviations_within(const std::vector<Eigen::VectorXd>& values,
                                  const std::vector<std::size_t>& chain);

/// Diagonal metric with squared scale sqrt(var(x) / var(gradient)), coordinate by coordinate: exact for a
/// normal density even from few draws, where both variances err alike (Seyboldt et al., nutpie). Draws and
/// scores in the same order, at least two; var is taken within chains: `chain` says to which one each
/// belongs.
std::shared_ptr<const Metric> diagonal_metric(const std::vector<Eigen::VectorXd>& draws,
                                              const std::vector<Eigen::VectorXd>& scores,
                                              const std::vector<std::size_t>& chain);

}  // namespace qdose
