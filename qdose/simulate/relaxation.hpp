// A state that relaxes towards a moving target, dy/ds = r(s) - y, over one panel: exact for targets quadratic
// in s, right for any stiffness. All PD states of the catalogue are of this kind on the clock ds = loss dt.
#pragma once
#include <array>
#include <cstddef>

#include "qdose/num/math.hpp"

namespace qdose {

/// Gauss-Legendre nodes and weights on (0, 1), and A[i][j] = integral of the j-th Lagrange polynomial to node
/// i.
inline constexpr std::array<double, 3> gauss_node{0.11270166537925831, 0.5, 0.88729833462074169};
inline constexpr std::array<double, 3> gauss_weight{5.0 / 18, 8.0 / 18, 5.0 / 18};
inline constexpr double gauss_integral[3][3] = {
    {0.13888888888888889, -0.035976667524938903, 0.0097894440153083261},
    {0.30026319498086459, 0.22222222222222222, -0.022485417203086815},
    {0.26798833376246945, 0.48042111196938335, 0.13888888888888889}};
/// Coefficients of the quadratic through values at the Gauss nodes: p_n = sum_i gauss_quadratic[n][i] r_i.
inline constexpr double gauss_quadratic[3][3] = {
    {1.4788305577012361, -0.66666666666666667, 0.18783610896543051},
    {-4.6243277820691389, 6.6666666666666667, -2.0423388845975278},
    {3.3333333333333333, -6.6666666666666667, 3.3333333333333333}};

/// Moments M_n(z) = z * integral over (0,1) of exp(-z (1 - x)) x^n, and the decay exp(-z): then
/// y(1) = decay y(0) + sum_n p_n M_n for the target r(x) = p_0 + p_1 x + p_2 x^2. Relative error below 1e-13,
/// z >= 0.
template <class R>
struct Moments {
  R decay, m0, m1, m2;
};

template <class R>
[[gnu::always_inline]] inline Moments<R> moments(const R& z) {
  const auto small = z < R(0.5);
  const R zs = select(small, z, R(0.25)), zl = select(small, R(1.0), z);
  // series z * sum_k (-z)^k 2/(k+3)!
  const R series =
      zs * horner(R(2.0 / 6227020800.0), -zs, 2.0 / 479001600, 2.0 / 39916800, 2.0 / 3628800, 2.0 / 362880,
                  2.0 / 40320, 2.0 / 5040, 2.0 / 720, 2.0 / 120, 2.0 / 24, 2.0 / 6);
  const R decay = exp(-z), inverse = R(1.0) / zl;
  const R large0 = R(1.0) - exp(-zl), large1 = R(1.0) - large0 * inverse;
  const R large2 = R(1.0) - R(2.0) * large1 * inverse;
  const R small1 = zs * (R(1.0) - series) * R(0.5), small0 = zs * (R(1.0) - small1);
  return {decay, select(small, small0, large0), select(small, small1, large1), select(small, series, large2)};
}

/// Weights of one panel for a loss that is constant: end = decay y0 + sum w_i r_i, with r_i the target at the
/// nodes.
template <class R>
struct PanelWeights {
  R decay;
  std::array<R, 3> w;
};

/// Weights up to the fraction x of a panel whose whole length is z on the clock.
template <class R>
[[gnu::always_inline]] inline PanelWeights<R> panel_weights(const R& z, double x = 1.0) {
  const Moments<R> m = moments(R(x) * z);
  PanelWeights<R> p;
  p.decay = m.decay;
  for (std::size_t i = 0; i < 3; ++i)
    p.w[i] = R(gauss_quadratic[0][i]) * m.m0 + R(gauss_quadratic[1][i] * x) * m.m1 +
             R(gauss_quadratic[2][i] * x * x) * m.m2;
  return p;
}

/// One panel of `h` hours with the loss b_i and target r_i at its Gauss nodes: returns the decay and the gain
/// of y(h) = decay y(0) + gain. The loss is integrated through its quadratic; the target is the quadratic in
/// the clock.
template <class R>
struct DrivenPanel {
  R decay, gain;
};

template <class R>
[[gnu::always_inline]] inline DrivenPanel<R> driven_panel(const R& h, const std::array<R, 3>& b,
                                                          const std::array<R, 3>& r) {
  std::array<R, 3> x;
  const R mean = R(gauss_weight[0]) * (b[0] + b[2]) + R(gauss_weight[1]) * b[1], inverse = R(1.0) / mean;
  for (std::size_t i = 0; i < 3; ++i)
    x[i] =
        (R(gauss_integral[i][0]) * b[0] + R(gauss_integral[i][1]) * b[1] + R(gauss_integral[i][2]) * b[2]) *
        inverse;
  // Newton's divided differences of the target on the clock x in (0, 1)
  const R d01 = (r[1] - r[0]) / (x[1] - x[0]), d12 = (r[2] - r[1]) / (x[2] - x[1]);
  const R d012 = (d12 - d01) / (x[2] - x[0]);
  const R p0 = r[0] - x[0] * d01 + x[0] * x[1] * d012, p1 = d01 - (x[0] + x[1]) * d012;
  const Moments<R> m = moments(h * mean);
  return {m.decay, p0 * m.m0 + p1 * m.m1 + d012 * m.m2};
}

}  // namespace qdose
