#include "qdose/stage2_population/residual_error.hpp"

#include <cmath>
#include <numbers>

namespace qdose {
namespace {

/// Sums log v over lanes with few logarithms: products of a few variances stay inside the range of doubles as
/// long as each one is of ordinary size. Others, far from any solution, take the slow way.
class LogProduct {
 public:
  void multiply(const Lanes& v) {
    bool ordinary = true;
    for (std::size_t l = 0; l < lanes; ++l) ordinary = ordinary && v[l] > smallest && v[l] < largest;
    if (!ordinary) {
      for (std::size_t l = 0; l < lanes; ++l) sum_ += std::log(v[l]);
      return;
    }
    for (std::size_t l = 0; l < lanes; ++l) product_[l] *= v[l];
    if (++factors_ == most_factors) flush();
  }
  double total() {
    flush();
    return sum_;
  }

 private:
  static constexpr int most_factors = 8;
  static constexpr double smallest = 1e-35, largest = 1e35;
  void flush() {
    for (std::size_t l = 0; l < lanes; ++l) sum_ += std::log(product_[l]);
    product_ = all_lanes(1.0);
    factors_ = 0;
  }
  Lanes product_ = all_lanes(1.0);
  int factors_ = 0;
  double sum_ = 0;
};

}  // namespace

ErrorGradient residual_likelihood(const Observed& observed, const ErrorModel& error, std::span<const Lanes> f,
                                  std::span<Lanes> adjoint) {
  const double a2 = error.proportional * error.proportional, b2 = error.additive * error.additive;
  LogProduct log_variances;
  Lanes squares, excess_proportional, excess_additive;
  double repeated_logs = 0, values = 0;
  for (std::size_t k = 0; k < observed.count.size(); ++k) {
    const Lanes &n = observed.count[k], &mean = observed.mean[k], &spread = observed.spread[k], &x = f[k];
    Lanes variance;
    for (std::size_t l = 0; l < lanes; ++l) {
      const double v = a2 * x[l] * x[l] + b2, precision = 1.0 / v, e = mean[l] - x[l];
      const double square = (n[l] * e * e + spread[l]) * precision;
      const double excess = (square - n[l]) * precision;  // twice the derivative by v
      adjoint[k][l] = n[l] * e * precision + a2 * x[l] * excess;
      squares[l] += square;
      excess_proportional[l] += a2 * x[l] * x[l] * excess;
      excess_additive[l] += b2 * excess;
      values += n[l];
      variance[l] = n[l] > 0 ? v : 1.0;
    }
    log_variances.multiply(variance);
    if (observed.repeated)
      for (std::size_t l = 0; l < lanes; ++l)
        if (n[l] > 1) repeated_logs += (n[l] - 1) * std::log(variance[l]);
  }
  ErrorGradient result;
  result.log_likelihood =
      -0.5 * (log_variances.total() + repeated_logs + values * std::log(2.0 * std::numbers::pi));
  for (std::size_t l = 0; l < lanes; ++l) {
    result.log_likelihood -= 0.5 * squares[l];
    result.log_proportional += excess_proportional[l];
    result.log_additive += excess_additive[l];
  }
  return result;
}

}  // namespace qdose
