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

/// Normal on the scale of logarithms; `observed` holds logarithms.
ErrorGradient log_scale_likelihood(const Observed& observed, double sd, std::span<const Lanes> f,
                                   std::span<Lanes> adjoint) {
  ErrorGradient result;
  const double precision = 1.0 / (sd * sd);
  double squares = 0, values = 0;
  for (std::size_t k = 0; k < observed.count.size(); ++k)
    for (std::size_t l = 0; l < lanes; ++l) {
      const double n = observed.count[k][l];
      adjoint[k][l] = 0;
      if (n == 0) continue;
      const double e = observed.mean[k][l] - std::log(f[k][l]);
      squares += (n * e * e + observed.spread[k][l]) * precision;
      adjoint[k][l] = n * e * precision / f[k][l];
      values += n;
    }
  result.log_likelihood = -0.5 * squares - values * (std::log(sd) + 0.5 * std::log(2.0 * std::numbers::pi));
  result.log_proportional = squares - values;
  return result;
}

/// Adds the log probabilities of values below their limit.
void add_censored(const Observed& observed, const ErrorModel& error, std::span<const Lanes> f,
                  std::span<Lanes> adjoint, ErrorGradient& result) {
  for (const Observed::Censored& c : observed.censored) {
    const double x = f[c.value][c.lane], sd = error.sd(x), variance = sd * sd;
    const double z = error.residual(c.limit, x), hazard = normal_hazard(z);
    const double a2 = error.proportional * error.proportional;
    result.log_likelihood += log_normal_cdf(z);
    if (error.log_scale) {
      adjoint[c.value][c.lane] -= hazard / (sd * x);
      result.log_proportional -= hazard * z;
      continue;
    }
    adjoint[c.value][c.lane] -= hazard * (1.0 / sd + z * a2 * x / variance);
    result.log_proportional -= hazard * z * a2 * x * x / variance;
    result.log_additive -= hazard * z * error.additive * error.additive / variance;
  }
}

}  // namespace

double log_normal_cdf(double z) {
  constexpr double far = -12;
  if (z > far) return std::log(0.5 * std::erfc(-z / std::numbers::sqrt2));
  const double q = 1.0 / (z * z);  // asymptotic series of Mills' ratio
  return -0.5 * z * z - std::log(-z) - 0.5 * std::log(2.0 * std::numbers::pi) +
         std::log1p(-q + 3 * q * q - 15 * q * q * q);
}

double normal_hazard(double z) {
  return std::exp(-0.5 * z * z - 0.5 * std::log(2.0 * std::numbers::pi) - log_normal_cdf(z));
}

double log_density_of(const ErrorModel& error, double f, double value, bool below, double limit) {
  if (below) return log_normal_cdf(error.residual(limit, f));
  const double z = error.residual(value, f);
  return -0.5 * (z * z + std::log(2.0 * std::numbers::pi)) - std::log(error.sd(f)) -
         (error.log_scale ? std::log(value) : 0.0);
}

ErrorGradient residual_likelihood(const Observed& observed, const ErrorModel& error, std::span<const Lanes> f,
                                  std::span<Lanes> adjoint) {
  if (error.log_scale) {
    ErrorGradient result = log_scale_likelihood(observed, error.proportional, f, adjoint);
    add_censored(observed, error, f, adjoint, result);
    return result;
  }
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
  add_censored(observed, error, f, adjoint, result);
  return result;
}

}  // namespace qdose
