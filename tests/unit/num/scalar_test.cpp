// Batch and dual numbers against the standard library and against differences.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "qdose/base/random.hpp"
#include "qdose/num/batch.hpp"
#include "qdose/num/dual.hpp"

namespace qdose {
namespace {

constexpr double eps = std::numeric_limits<double>::epsilon();

TEST(Batch, ExpAndLogAreWithinTheirStatedError) {
  Stream stream(1, Purpose::property_test, 0);
  for (int i = 0; i < 200000; ++i) {
    const double x = stream.uniform(-700, 700), y = stream.log_uniform(1e-300, 1e300);
    const auto lane = static_cast<std::size_t>(i % 8);
    EXPECT_NEAR(exp(Batch(x)).lane(lane) / std::exp(x), 1.0, 2.5 * eps) << x;
    EXPECT_NEAR(log(Batch(y)).lane(lane), std::log(y), 2 * eps * std::fabs(std::log(y))) << y;
  }
  EXPECT_EQ(log(Batch(0.0)).lane(0), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(log(Batch(-1.0)).lane(3)));
  EXPECT_TRUE(std::isnan(log(Batch(std::nan(""))).lane(3)));
  EXPECT_GT(exp(Batch(1e4)).lane(0), 1e307);
}

TEST(Batch, LanesDoNotTouchEachOther) {
  Batch a, b;
  for (std::size_t l = 0; l < 8; ++l) {
    a.set_lane(l, 1.0 + static_cast<double>(l));
    b.set_lane(l, 10.0 - static_cast<double>(l));
  }
  const Batch c = select(a < b, a * b, sqrt(a) / b);
  for (std::size_t l = 0; l < 8; ++l) {
    const double x = 1.0 + static_cast<double>(l), y = 10.0 - static_cast<double>(l);
    EXPECT_EQ(c.lane(l), x < y ? x * y : std::sqrt(x) / y);
  }
}

/// A function with every operation that model equations may use.
template <class R>
R everything(const R& x, const R& y) {
  const R t = exp(-(x * R(0.3))) / (R(1.0) + y) + log(x + y) - sqrt(x * y) + R(2.0) * pow(x, y);
  return select(x < y, t + x, t - y) + apart(x, y);
}

TEST(Dual, DerivativesEqualDifferences) {
  Stream stream(2, Purpose::property_test, 0);
  using D = Dual<double, 2>;
  for (int i = 0; i < 1000; ++i) {
    const double x = stream.uniform(0.2, 3), y = stream.uniform(3.1, 5), h = 1e-6;
    const D f = everything(D::variable(x, 0), D::variable(y, 1));
    EXPECT_DOUBLE_EQ(f.x, everything(x, y));
    const double dx = (everything(x + h, y) - everything(x - h, y)) / (2 * h);
    const double dy = (everything(x, y + h) - everything(x, y - h)) / (2 * h);
    EXPECT_NEAR(f.d[0], dx, 1e-7 * (1 + std::fabs(dx)));
    EXPECT_NEAR(f.d[1], dy, 1e-7 * (1 + std::fabs(dy)));
  }
}

TEST(Dual, OfBatchEqualsDualOfEachLane) {
  using D = Dual<double, 2>;
  using B = Dual<Batch, 2>;
  Batch x, y;
  for (std::size_t l = 0; l < 8; ++l) {
    x.set_lane(l, 0.4 + 0.3 * static_cast<double>(l));
    y.set_lane(l, 3.0 - 0.2 * static_cast<double>(l));
  }
  const B f = everything(B::variable(x, 0), B::variable(y, 1));
  for (std::size_t l = 0; l < 8; ++l) {
    const D g = everything(D::variable(x.lane(l), 0), D::variable(y.lane(l), 1));
    EXPECT_NEAR(f.x.lane(l), g.x, 1e-13 * (1 + std::fabs(g.x)));
    for (std::size_t i = 0; i < 2; ++i) EXPECT_NEAR(f.d[i].lane(l), g.d[i], 1e-12 * (1 + std::fabs(g.d[i])));
  }
}

TEST(Pow, IsFiniteWithItsDerivativesAtZero) {
  using D = Dual<double, 2>;
  const D p = pow(D::variable(0.0, 0), D::variable(1.7, 1));
  EXPECT_LT(std::fabs(p.x), 1e-290);
  EXPECT_TRUE(std::isfinite(p.d[0]) && std::isfinite(p.d[1]));
}

TEST(Apart, MovesEqualRatesButKeepsTheirDerivative) {
  using D = Dual<double, 2>;
  for (double a : {2.0, 2.0 + 1e-9, 2.0 - 1e-9}) {
    const D d = apart(D::variable(a, 0), D::variable(2.0, 1));
    EXPECT_NEAR(std::fabs(d.x), 2e-5, 1e-12);
    EXPECT_EQ(d.d[0], 1.0);
    EXPECT_EQ(d.d[1], -1.0);
  }
  EXPECT_DOUBLE_EQ(apart(5.0, 2.0), 3.0);
}

}  // namespace
}  // namespace qdose
