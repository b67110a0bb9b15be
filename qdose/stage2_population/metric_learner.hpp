// How warm-up turns the draws of a window into a metric.
#pragma once
#include <memory>
#include <vector>

#include "qdose/stage2_population/metric.hpp"

namespace qdose {

/// The largest standard deviation of a head coordinate in a metric's white coordinates, over the draws of
/// each chain's window about its mean: 1 where the metric knows the width of the posterior, more where
/// curvature at a few places says less than draws do.
double widest_of_head(const Metric& metric, std::size_t head,
                      const std::vector<std::vector<Eigen::VectorXd>>& windows);

/// The form of metrics. An arrow needs a density that knows its structure.
enum class MetricKind { diagonal, arrow, low_rank };

class MetricLearner {
 public:
  /// Metrics of arrow form come from the curvature at a few draws, the others from draws and scores.
  explicit MetricLearner(MetricKind kind) : kind_(kind) {}

  /// A metric from the positions of each chain's window; nullptr when they do not suffice (fewer than two
  /// positions, no place with a finite curvature for an arrow).
  std::shared_ptr<const Metric> learn(Density& density,
                                      const std::vector<std::vector<Eigen::VectorXd>>& windows, int threads);

  bool is_arrow() const { return kind_ == MetricKind::arrow; }
  long gradients() const { return gradients_; }

  template <class Archive>
  void exchange(Archive& archive) {
    archive(gradients_);
    archive(scales_);
  }

 private:
  std::shared_ptr<const Metric> learn_arrow(Density& density, const std::vector<Eigen::VectorXd>& places,
                                            const Eigen::VectorXd& center, int threads);

  MetricKind kind_;
  long gradients_ = 0;
  Eigen::VectorXd scales_;  ///< steps of the curvature's differences, from the last curvature
};

}  // namespace qdose
