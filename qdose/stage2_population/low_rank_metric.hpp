// A diagonal metric with a few directions more, for densities of which no structure is known.
#pragma once
#include "qdose/stage2_population/metric.hpp"

namespace qdose {

/// x = center + scale (z + V (stretch - 1) V' z), V orthonormal columns: scales first, then stretches along
/// the directions in which scales alone are far off. Costs two products with V a gradient.
class LowRankMetric final : public Metric {
 public:
  LowRankMetric(Eigen::VectorXd center, Eigen::VectorXd scale, Eigen::MatrixXd directions,
                Eigen::VectorXd stretch);
  MetricRecipe recipe() const override { return {center_, scale_, {}, {}, {}, directions_, stretch_}; }
  void to_position(const Eigen::VectorXd& white, Eigen::VectorXd& position) const override;
  void to_white(const Eigen::VectorXd& position, Eigen::VectorXd& white) const override;
  void pull_gradient(const Eigen::VectorXd& gradient, Eigen::VectorXd& white) const override;
  Eigen::Index rank() const { return stretch_.size(); }

 private:
  Eigen::VectorXd center_, scale_;
  Eigen::MatrixXd directions_;
  Eigen::VectorXd stretch_;
};

/// From draws and scores in the same order, as diagonal_metric. In the space that some draws and scores span
/// the covariance is the geometric mean of the draws' and the inverse of the scores', exact for a normal
/// density as soon as the draws span the space; directions in which it differs from 1 by a factor of two or
/// more are kept (Seyboldt et al., nutpie). Diagonal where there are none.
std::shared_ptr<const Metric> low_rank_metric(const std::vector<Eigen::VectorXd>& draws,
                                              const std::vector<Eigen::VectorXd>& scores,
                                              const std::vector<std::size_t>& chain);

}  // namespace qdose
