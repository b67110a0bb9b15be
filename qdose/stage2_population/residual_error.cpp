#include "qdose/stage2_population/residual_error.hpp"

#include <cmath>
#include <numbers>

#include "qdose/simulate/array_kernels.hpp"

namespace qdose {
namespace {

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
  if (z > 0) return std::log1p(-0.5 * std::erfc(z / std::numbers::sqrt2));
  if (z > far) return std::log(0.5 * std::erfc(-z / std::numbers::sqrt2));
  const double q = 1.0 / (z * z);  // asymptotic series of Mills' ratio
  return -0.5 * z * z - std::log(-z) - 0.5 * std::log(2.0 * std::numbers::pi) +
         std::log1p(q * (-1 + q * (3 + q * (-15 + q * 105))));
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
  const GroupedValues values{observed.count.size(), observed.count.data(), observed.mean.data(),
                             observed.spread.data(), observed.repeated};
  const NormalLikelihood normal =
      array_kernels().normal_likelihood(values, error.proportional, error.additive, f.data(), adjoint.data());
  ErrorGradient result{normal.log_likelihood, normal.log_proportional, normal.log_additive};
  add_censored(observed, error, f, adjoint, result);
  return result;
}

}  // namespace qdose
