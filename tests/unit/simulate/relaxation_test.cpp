// The panel formulas against plain numerical integration.
#include <gtest/gtest.h>

#include <cmath>

#include "qdose/simulate/relaxation.hpp"

namespace qdose {
namespace {

/// dy/dt = b(t) (r(t) - y) over [0, h] by many midpoint-Runge-Kutta steps.
template <class B, class T>
double integrate(double y, double h, B b, T r, int steps = 200000) {
  const double dt = h / steps;
  for (int i = 0; i < steps; ++i) {
    const double t = i * dt, half = t + 0.5 * dt;
    const double mid = y + 0.5 * dt * b(t) * (r(t) - y);
    y += dt * b(half) * (r(half) - mid);
  }
  return y;
}

TEST(Moments, EqualTheirIntegralsForAnyStiffness) {
  for (double z : {1e-9, 1e-4, 0.1, 0.4999, 0.5001, 2.0, 30.0, 600.0}) {
    const auto m = moments(z);
    double sum[3] = {0, 0, 0};
    const int n = 2000000;
    const double from = z > 40 ? 1.0 - 40.0 / z : 0.0,
                 width = (1.0 - from) / n;  // the rest is below exp(-40)
    for (int i = 0; i < n; ++i) {
      const double x = from + (i + 0.5) * width, w = z * std::exp(-z * (1 - x)) * width;
      sum[0] += w;
      sum[1] += w * x;
      sum[2] += w * x * x;
    }
    EXPECT_NEAR(m.m0 / sum[0], 1.0, 1e-9) << z;
    EXPECT_NEAR(m.m1 / sum[1], 1.0, 1e-9) << z;
    EXPECT_NEAR(m.m2 / sum[2], 1.0, 1e-9) << z;
    EXPECT_DOUBLE_EQ(m.decay, std::exp(-z));
  }
}

TEST(PanelWeights, AreExactForAQuadraticTarget) {
  const auto r = [](double t) { return 1.0 + 0.4 * t - 0.03 * t * t; };
  for (double k : {0.01, 0.3, 2.0}) {
    const double h = 3.0;
    const auto w = panel_weights(k * h);
    double y = w.decay * 2.0;
    for (std::size_t i = 0; i < 3; ++i) y += w.w[i] * r(h * gauss_node[i]);
    EXPECT_NEAR(y,
                integrate(
                    2.0, h, [&](double) { return k; }, r),
                1e-8);
  }
}

TEST(DrivenPanel, FollowsALossThatChanges) {
  const double h = 1.0;
  const auto b = [](double t) { return 0.5 * (1.0 + 0.8 * std::exp(-t)); };
  const auto r = [](double t) { return 2.0 / (1.0 + 0.8 * std::exp(-t)); };
  std::array<double, 3> bs, rs;
  for (std::size_t i = 0; i < 3; ++i) {
    bs[i] = b(h * gauss_node[i]);
    rs[i] = r(h * gauss_node[i]);
  }
  const auto panel = driven_panel(h, bs, rs);
  EXPECT_NEAR(panel.decay * 3.0 + panel.gain, integrate(3.0, h, b, r), 1e-5);
}

TEST(DrivenPanel, OfAConstantLossIsThePanelOfConstantLoss) {
  const std::array<double, 3> b{0.7, 0.7, 0.7}, r{1.0, 0.2, 2.5};
  const auto panel = driven_panel(2.0, b, r);
  const auto w = panel_weights(1.4);
  EXPECT_NEAR(panel.decay, w.decay, 1e-15);
  EXPECT_NEAR(panel.gain, w.w[0] * r[0] + w.w[1] * r[1] + w.w[2] * r[2], 1e-13);
}

}  // namespace
}  // namespace qdose
