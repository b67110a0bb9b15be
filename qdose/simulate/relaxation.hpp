// A state that relaxes towards a moving target, dy/ds = r(s) - y, over one panel: exact for targets that are
// polynomials in s, right for any stiffness. All PD states of the catalogue are of this kind on the clock
// ds = loss dt.
#pragma once
#include <array>
#include <cstddef>

#include "qdose/num/math.hpp"

namespace qdose {

/// Nodes of Gauss-Legendre quadrature on (0, 1).
template <std::size_t n>
inline constexpr std::array<double, n> gauss_nodes;
template <>
inline constexpr std::array<double, 3> gauss_nodes<3>{0.11270166537925831, 0.5, 0.88729833462074169};
template <>
inline constexpr std::array<double, 4> gauss_nodes<4>{0.069431844202973712, 0.33000947820757187,
                                                      0.66999052179242813, 0.93056815579702629};

inline constexpr const auto& gauss_node = gauss_nodes<3>;

/// What belongs to the polynomial through values at the nodes.
template <std::size_t n>
struct Interpolation {
  double power[n][n];     ///< p_m = sum_i power[m][i] r_i: coefficients of the polynomial
  double integral[n][n];  ///< integral from 0 to node i of the j-th Lagrange polynomial
  double weight[n];       ///< integral from 0 to 1
};

template <std::size_t n>
constexpr Interpolation<n> make_interpolation() {
  constexpr const auto& x = gauss_nodes<n>;
  Interpolation<n> result{};
  for (std::size_t i = 0; i < n; ++i) {
    std::array<double, n + 1> p{1.0};  // product over the other nodes of (t - x_j)/(x_i - x_j)
    std::size_t degree = 0;
    for (std::size_t j = 0; j < n; ++j) {
      if (j == i) continue;
      ++degree;
      for (std::size_t m = degree + 1; m-- > 0;)
        p[m] = ((m > 0 ? p[m - 1] : 0.0) - x[j] * p[m]) / (x[i] - x[j]);
    }
    for (std::size_t m = 0; m < n; ++m) {
      result.power[m][i] = p[m];
      result.weight[i] += p[m] / static_cast<double>(m + 1);
    }
    for (std::size_t k = 0; k < n; ++k) {
      double xm = 1.0;
      for (std::size_t m = 0; m < n; ++m) {
        xm *= x[k];
        result.integral[k][i] += p[m] * xm / static_cast<double>(m + 1);
      }
    }
  }
  return result;
}
template <std::size_t n>
inline constexpr Interpolation<n> interpolation = make_interpolation<n>();

/// Moments N_m(z) = integral over (0,1) of exp(-z (1 - x)) x^m, and the decay exp(-z): then
/// y(1) = decay y(0) + z sum_m p_m N_m for the target r(x) = sum_m p_m x^m. Relative error below 1e-12, z >=
/// 0. dN_m/dz = N_(m+1) - N_m.
template <class R, std::size_t n>
struct Moments {
  R decay;
  std::array<R, n> N;
};

/// The moments for z < 1: the last one by its series sum_k (-z)^k (n - 1)!/(n + k)!, the others from it.
template <std::size_t n, class R>
[[gnu::always_inline]] inline std::array<R, n> moments_downwards(const R& z) {
  constexpr int terms = 12;
  double coefficient = 1.0;  // (n - 1)!/(n - 1 + terms)!
  for (std::size_t k = n; k < n + terms; ++k) coefficient /= static_cast<double>(k);
  R series = R(coefficient);
  for (std::size_t k = n + terms - 1; k-- > n;) {
    coefficient *= static_cast<double>(k + 1);
    series = R(coefficient) - z * series;
  }
  std::array<R, n> N;
  N[n - 1] = series;
  for (std::size_t m = n - 1; m-- > 0;) N[m] = (R(1.0) - z * N[m + 1]) * R(1.0 / static_cast<double>(m + 1));
  return N;
}

/// N_m = (1 - m N_(m-1))/z upwards; N_(m-1) = (1 - z N_m)/m downwards from a series of the last one where z
/// is small.
template <std::size_t n, class R>
[[gnu::always_inline]] inline Moments<R, n> moments(const R& z) {
  const R limit = R(0.5);
  const auto small = z < limit;
  Moments<R, n> result;
  result.decay = exp(-z);
  std::array<R, n> low, high;
  if (any(small)) {
    low = moments_downwards<n>(select(small, z, R(0.25)));
    high = low;
  }
  if (any(limit < z) || !any(small)) {
    const R inverse = reciprocal(select(small, R(1.0), z));
    high[0] = (R(1.0) - result.decay) * inverse;
    for (std::size_t m = 1; m < n; ++m)
      high[m] = (R(1.0) - R(static_cast<double>(m)) * high[m - 1]) * inverse;
    if (!any(small)) low = high;
  }
  for (std::size_t m = 0; m < n; ++m) result.N[m] = select(small, low[m], high[m]);
  return result;
}

/// One panel, or its part up to a node, for a constant loss: end = decay y0 + sum weight_i level_i, with
/// level = loss * target at the nodes; and the derivatives of both by the loss. `sum` and `sum_slope` are of
/// all weights.
template <class R, std::size_t n>
struct PanelWeights {
  R decay, decay_slope, sum, sum_slope;
  std::array<R, n> weight, slope;
};

/// Weights up to the fraction x of a panel of `h` hours.
template <std::size_t n, class R>
[[gnu::always_inline]] inline PanelWeights<R, n> panel_weights(const R& loss, const R& h, double x = 1.0) {
  const R part = x == 1.0 ? h : R(x) * h;
  const Moments<R, n + 1> moment = moments<n + 1>(loss * part);
  std::array<R, n> N, change;
  for (std::size_t m = 0; m < n; ++m) {
    N[m] = part * moment.N[m];
    change[m] = part * (part * moment.N[m + 1] - N[m]);
  }
  PanelWeights<R, n> p;
  p.decay = moment.decay;
  p.decay_slope = -(part * moment.decay);
  p.sum = N[0];
  p.sum_slope = change[0];
  for (std::size_t i = 0; i < n; ++i) {
    double xm = 1.0;
    p.weight[i] = R(interpolation<n>.power[0][i]) * N[0];
    p.slope[i] = R(interpolation<n>.power[0][i]) * change[0];
    for (std::size_t m = 1; m < n; ++m) {
      xm *= x;
      p.weight[i] = p.weight[i] + R(interpolation<n>.power[m][i] * xm) * N[m];
      p.slope[i] = p.slope[i] + R(interpolation<n>.power[m][i] * xm) * change[m];
    }
  }
  return p;
}

}  // namespace qdose
