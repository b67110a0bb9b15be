// The array kernels against their definitions.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "qdose/base/random.hpp"
#include "qdose/simulate/array_kernels.hpp"

namespace qdose {
namespace {

TEST(ArrayKernels, ExponentialsInPlace) {
  std::vector<Lanes> x(5);
  Stream random(1, Purpose::property_test, 31);
  for (Lanes& row : x)
    for (double& e : row.v) e = random.uniform(-40, 40);
  const auto kept = x;
  array_kernels().exponentials(x.data(), x.size(), x.data());
  for (std::size_t k = 0; k < x.size(); ++k)
    for (std::size_t l = 0; l < lanes; ++l) EXPECT_NEAR(x[k][l] / std::exp(kept[k][l]), 1.0, 1e-15);
}

struct Data {
  std::vector<Lanes> count, mean, spread, f;
  explicit Data(std::size_t rows) : count(rows), mean(rows), spread(rows), f(rows) {
    Stream random(2, Purpose::property_test, 32);
    for (std::size_t k = 0; k < rows; ++k)
      for (std::size_t l = 0; l < lanes; ++l) {
        count[k][l] = random.below(4);
        f[k][l] = random.log_uniform(0.1, 100);
        mean[k][l] = count[k][l] > 0 ? f[k][l] * random.uniform(0.5, 1.5) : 0.0;
        spread[k][l] = count[k][l] > 1 ? 0.1 * f[k][l] * f[k][l] * random.uniform() : 0.0;
      }
  }
  GroupedValues values() const { return {f.size(), count.data(), mean.data(), spread.data(), true}; }
  double direct(double a, double b) const {
    double total = 0;
    for (std::size_t k = 0; k < f.size(); ++k)
      for (std::size_t l = 0; l < lanes; ++l) {
        const double v = a * a * f[k][l] * f[k][l] + b * b, e = mean[k][l] - f[k][l], n = count[k][l];
        total -= 0.5 * (n * std::log(2 * std::numbers::pi * v) + (n * e * e + spread[k][l]) / v);
      }
    return total;
  }
};

TEST(ArrayKernels, NormalLikelihoodEqualsItsDefinitionWithDerivatives) {
  Data data(300);
  const double a = 0.2, b = 0.05, h = 1e-6;
  std::vector<Lanes> adjoint(data.f.size());
  const auto got = array_kernels().normal_likelihood(data.values(), a, b, data.f.data(), adjoint.data());
  EXPECT_NEAR(got.log_likelihood, data.direct(a, b), 1e-11 * std::abs(data.direct(a, b)));
  EXPECT_NEAR(got.log_proportional, (data.direct(a * (1 + h), b) - data.direct(a * (1 - h), b)) / (2 * h),
              1e-4 * std::abs(got.log_proportional));
  EXPECT_NEAR(got.log_additive, (data.direct(a, b * (1 + h)) - data.direct(a, b * (1 - h))) / (2 * h),
              1e-4 * std::abs(got.log_additive) + 1e-2);
  for (std::size_t k : {0u, 7u, 299u}) {
    const double kept = data.f[k][3], d = 1e-6 * kept;
    data.f[k][3] = kept + d;
    const double up = data.direct(a, b);
    data.f[k][3] = kept - d;
    const double down = data.direct(a, b);
    data.f[k][3] = kept;
    EXPECT_NEAR(adjoint[k][3], (up - down) / (2 * d), 1e-4 * std::abs(adjoint[k][3]) + 1e-2);
  }
}

TEST(ArrayKernels, NormalLikelihoodIsNotFiniteWhenAPredictionIsNot) {
  Data data(3);
  data.count[1][2] = 1;
  std::vector<Lanes> adjoint(3);
  for (double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    data.f[1][2] = bad;
    const auto got =
        array_kernels().normal_likelihood(data.values(), 0.1, 0.1, data.f.data(), adjoint.data());
    EXPECT_FALSE(std::isfinite(got.log_likelihood));
  }
}

}  // namespace
}  // namespace qdose
