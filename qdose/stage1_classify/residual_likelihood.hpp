// Likelihood of one subject's values under eight predictions.
#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

#include "qdose/simulate/kernels.hpp"

namespace qdose {

inline double normal_cdf(double z) { return 0.5 * std::erfc(-z * M_SQRT1_2); }

/// Standard deviations of residual errors, one pair a lane.
struct LaneErrors {
  Lanes proportional, additive;
};

/// Normal residuals of sd^2 = (proportional f)^2 + additive^2; a zero was cut off.
class ResidualLikelihood {
 public:
  explicit ResidualLikelihood(std::vector<double> y) : y_(std::move(y)) {}

  std::size_t size() const { return y_.size(); }

  /// ln likelihood, but for a constant, of eight predictions f [size()].
  Lanes operator()(const Lanes* f, const LaneErrors& errors) const {
    constexpr std::size_t logs_together = 6;  // variances stay far from the ends of a double's range
    Lanes sum, product = all_lanes(1);
    std::size_t pending = 0;
    for (std::size_t i = 0; i < y_.size(); ++i) {
      if (!(y_[i] > 0)) {
        for (std::size_t l = 0; l < lanes; ++l)
          sum.v[l] +=
              std::log(std::max(normal_cdf(-f[i][l] / std::sqrt(variance(f[i][l], errors, l))), 1e-300));
        continue;
      }
      for (std::size_t l = 0; l < lanes; ++l) {
        const double v = variance(f[i][l], errors, l), e = y_[i] - f[i][l];
        sum.v[l] -= 0.5 * e * e / v;
        product.v[l] *= v;
      }
      if (++pending == logs_together) take_logs(product, sum, pending);
    }
    take_logs(product, sum, pending);
    return sum;
  }

 private:
  static double variance(double f, const LaneErrors& errors, std::size_t l) {
    const double p = errors.proportional[l] * f, a = errors.additive[l];
    return p * p + a * a;
  }
  static void take_logs(Lanes& product, Lanes& sum, std::size_t& pending) {
    for (std::size_t l = 0; l < lanes; ++l) sum.v[l] -= 0.5 * std::log(product.v[l]);
    product = all_lanes(1);
    pending = 0;
  }

  std::vector<double> y_;
};

}  // namespace qdose
