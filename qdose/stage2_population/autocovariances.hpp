// Sums of products of draws at a distance, over many chains of one quantity.
#pragma once
#include <Eigen/Core>
#include <cstddef>
#include <vector>

namespace qdose {

/// Short lags cost a product of vectors each; the first long one costs transforms that give them all.
class Autocovariances {
 public:
  /// `centred` [draw, chain]: deviations from each chain's mean; must outlive this.
  explicit Autocovariances(const Eigen::MatrixXd& centred) : centred_(centred) {}

  /// Sum over chains and draws of x(i) x(i + lag), lag below the number of draws; error about 1e-15 of that
  /// at lag 0.
  double operator()(Eigen::Index lag);

 private:
  void transform();

  const Eigen::MatrixXd& centred_;
  std::vector<double> all_;  ///< by lag, once a long one was asked for
};

}  // namespace qdose
