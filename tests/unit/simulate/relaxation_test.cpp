// The panel formulas against plain numerical integration.
#include <gtest/gtest.h>

#include <cmath>

#include "qdose/simulate/driven_panel.hpp"
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
    const auto moment = moments<5>(z);
    double sum[5] = {};
    const int n = 2000000;
    const double from = z > 40 ? 1.0 - 40.0 / z : 0.0,
                 width = (1.0 - from) / n;  // the rest is below exp(-40)
    for (int i = 0; i < n; ++i) {
      const double x = from + (i + 0.5) * width, w = std::exp(-z * (1 - x)) * width;
      double xm = w;
      for (double& s : sum) {
        s += xm;
        xm *= x;
      }
    }
    for (std::size_t m = 0; m < 5; ++m) EXPECT_NEAR(moment.N[m] / sum[m], 1.0, 1e-9) << z << " " << m;
    EXPECT_DOUBLE_EQ(moment.decay, std::exp(-z));
  }
}

TEST(Moments, BothBranchesAgreeWhereTheyMeet) {
  const auto below = moments<5>(0.5 - 1e-12), above = moments<5>(0.5 + 1e-12);
  for (std::size_t m = 0; m < 5; ++m) EXPECT_NEAR(below.N[m] / above.N[m], 1.0, 3e-12);
}

TEST(Interpolation, ReproducesPolynomialsAndTheirIntegrals) {
  const auto& by = interpolation<4>;
  const auto cubic = [](double t) { return 1.0 - 2.0 * t + 0.5 * t * t + 3.0 * t * t * t; };
  const double power[] = {1.0, -2.0, 0.5, 3.0};
  double whole = 0;
  for (std::size_t m = 0; m < 4; ++m) {
    double p = 0;
    for (std::size_t i = 0; i < 4; ++i) p += by.power[m][i] * cubic(gauss_nodes<4>[i]);
    EXPECT_NEAR(p, power[m], 1e-13);
    whole += by.weight[m] * cubic(gauss_nodes<4>[m]);
  }
  EXPECT_NEAR(whole, 1.0 - 1.0 + 0.5 / 3 + 0.75, 1e-14);
  const double x = gauss_nodes<4>[2];
  double part = 0;
  for (std::size_t j = 0; j < 4; ++j) part += by.integral[2][j] * cubic(gauss_nodes<4>[j]);
  EXPECT_NEAR(part, x - x * x + 0.5 * x * x * x / 3 + 0.75 * x * x * x * x, 1e-14);
}

template <std::size_t n>
void expect_exact_panel(double degree_n_term) {
  const auto r = [&](double t) { return 1.0 + 0.4 * t - 0.03 * t * t + degree_n_term * t * t * t; };
  for (double k : {0.01, 0.3, 2.0}) {
    const double h = 3.0;
    for (double part : {1.0, gauss_nodes<n>[1]}) {
      const auto w = panel_weights<n>(k, h, part);
      double y = w.decay * 2.0;
      for (std::size_t i = 0; i < n; ++i) y += w.weight[i] * k * r(h * gauss_nodes<n>[i]);
      const auto loss = [&](double) { return k; };
      EXPECT_NEAR(y, integrate(2.0, part * h, loss, r), 1e-8);
    }
  }
}

TEST(PanelWeights, AreExactForPolynomialTargets) {
  expect_exact_panel<3>(0.0);
  expect_exact_panel<4>(0.01);
}

TEST(PanelWeights, SlopesEqualDifferences) {
  for (double loss : {1e-4, 0.02, 0.166, 0.167, 1.0, 40.0}) {
    const double h = 3.0, d = 1e-4 * loss;
    const auto w = panel_weights<4>(loss, h), up = panel_weights<4>(loss + d, h),
               down = panel_weights<4>(loss - d, h);
    EXPECT_NEAR(w.decay_slope, (up.decay - down.decay) / (2 * d), 1e-6 * h);
    for (std::size_t i = 0; i < 4; ++i)
      EXPECT_NEAR(w.slope[i], (up.weight[i] - down.weight[i]) / (2 * d), 2e-5 * h * h) << loss;
  }
}

template <std::size_t n>
std::array<double, n> at_nodes(double (*f)(double)) {
  std::array<double, n> values;
  for (std::size_t i = 0; i < n; ++i) values[i] = f(gauss_nodes<n>[i]);
  return values;
}
double changing_loss(double t) { return 0.5 * (1.0 + 0.8 * std::exp(-t)); }
double changing_target(double t) { return 2.0 / (1.0 + 0.8 * std::exp(-t)); }

TEST(DrivenPanel, FollowsALossThatChanges) {
  const double exact = integrate(3.0, 1.0, changing_loss, changing_target);
  const auto three = driven_panel<3>(1.0, at_nodes<3>(changing_loss), at_nodes<3>(changing_target));
  const auto four = driven_panel<4>(1.0, at_nodes<4>(changing_loss), at_nodes<4>(changing_target));
  EXPECT_NEAR(three.decay * 3.0 + three.gain, exact, 1e-5);
  EXPECT_NEAR(four.decay * 3.0 + four.gain, exact, 1e-7);
}

TEST(DrivenPanel, OfAConstantLossIsThePanelOfConstantLoss) {
  const std::array<double, 4> b{0.7, 0.7, 0.7, 0.7}, r{1.0, 0.2, 2.5, 0.3};
  const auto panel = driven_panel<4>(2.0, b, r);
  const auto w = panel_weights<4>(0.7, 2.0);
  double gain = 0;
  for (std::size_t i = 0; i < 4; ++i) gain += w.weight[i] * 0.7 * r[i];
  EXPECT_NEAR(panel.decay, w.decay, 1e-15);
  EXPECT_NEAR(panel.gain, gain, 1e-13);
}

TEST(DrivenPanel, SlopesEqualDifferences) {
  const double h = 2.0, y0 = 3.0;
  auto b = at_nodes<4>(changing_loss), r = at_nodes<4>(changing_target);
  const auto slopes = driven_slopes<4>(driven_panel<4>(h, b, r), y0);
  const auto end = [&] {
    const auto panel = driven_panel<4>(h, b, r);
    return panel.decay * y0 + panel.gain;
  };
  const auto difference = [&](double& x) {
    const double kept = x, d = 1e-5;
    x = kept + d;
    const double up = end();
    x = kept - d;
    const double down = end();
    x = kept;
    return (up - down) / (2 * d);
  };
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(slopes.loss[i], difference(b[i]), 1e-8);
    EXPECT_NEAR(slopes.target[i], difference(r[i]), 1e-8);
  }
}

}  // namespace
}  // namespace qdose
