// One panel of a state whose loss changes within it, and the reverse: the panel's clock runs with the loss.
#pragma once
#include <array>
#include <cstddef>

#include "qdose/num/expression.hpp"
#include "qdose/num/math.hpp"
#include "qdose/simulate/relaxation.hpp"

namespace qdose {

/// A panel of `h` hours with loss b_i and target r_i at its Gauss nodes: y(h) = decay y(0) + gain. The loss
/// is integrated through its polynomial in time; the target is the polynomial in the clock.
template <class R, std::size_t n>
struct DrivenPanel {
  R h, decay, gain;
  R per_mean, z;                         ///< 1/mean of the loss; z = h mean
  std::array<R, n> x;                    ///< nodes on the clock, in (0, 1)
  std::array<R, n*(n - 1) / 2> inverse;  ///< [between(i, j)]: 1/(x_j - x_i), i < j
  std::array<R, n> power;                ///< coefficients of the target on the clock
  std::array<R, n + 1> N;                ///< moments

  static constexpr std::size_t between(std::size_t i, std::size_t j) { return j * (j - 1) / 2 + i; }

  /// How many numbers the reverse needs, and each of them in order.
  static constexpr std::size_t numbers = 4 + n + n * (n - 1) / 2 + n + (n + 1);
  template <class Panel, class Visit>
  [[gnu::always_inline]] static void visit(Panel& panel, Visit visit) {
    visit(panel.h), visit(panel.decay), visit(panel.per_mean), visit(panel.z);
    const auto all = [&](auto& numbers) __attribute__((always_inline)) {
      for (auto& number : numbers) visit(number);
    };
    all(panel.x), all(panel.inverse), all(panel.power), all(panel.N);
  }
};

template <std::size_t n, class R>
[[gnu::always_inline]] inline DrivenPanel<R, n> driven_panel(const R& h, const std::array<R, n>& b,
                                                             const std::array<R, n>& r) {
  constexpr const auto& by = interpolation<n>;
  DrivenPanel<R, n> panel;
  panel.h = h;
  R mean = R(by.weight[0]) * b[0];
  for (std::size_t i = 1; i < n; ++i) mean = mean + R(by.weight[i]) * b[i];
  panel.per_mean = reciprocal(mean);
  panel.z = h * mean;
  for (std::size_t i = 0; i < n; ++i) {
    R sum = R(by.integral[i][0]) * b[0];
    for (std::size_t j = 1; j < n; ++j) sum = sum + R(by.integral[i][j]) * b[j];
    panel.x[i] = sum * panel.per_mean;
  }
  for (std::size_t j = 1; j < n; ++j)
    for (std::size_t i = 0; i < j; ++i) panel.inverse[panel.between(i, j)] = panel.x[j] - panel.x[i];
  invert_together(panel.inverse);
  // Newton's divided differences of the target, then its powers.
  std::array<R, n> d = r;
  for (std::size_t k = 1; k < n; ++k)
    for (std::size_t i = n - 1; i >= k; --i)
      d[i] = (d[i] - d[i - 1]) * panel.inverse[panel.between(i - k, i)];
  auto& p = panel.power;
  p[0] = d[n - 1];
  for (std::size_t i = n - 1, degree = 0; i-- > 0; ++degree) {
    p[degree + 1] = p[degree];
    for (std::size_t m = degree; m > 0; --m) p[m] = p[m - 1] - panel.x[i] * p[m];
    p[0] = d[i] - panel.x[i] * p[0];
  }
  const auto moment = moments<n + 1>(panel.z);
  panel.N = moment.N;
  panel.decay = moment.decay;
  R sum = p[0] * panel.N[0];
  for (std::size_t m = 1; m < n; ++m) sum = sum + p[m] * panel.N[m];
  panel.gain = panel.z * sum;
  return panel;
}

/// Derivatives of y(h) by the losses and targets at the nodes, for the start y0.
template <class R, std::size_t n>
struct DrivenSlopes {
  std::array<R, n> loss, target;
};

/// The targets' are the weights W_i of the gain, the solution of sum_i W_i x_i^m = z N_m (Bjoerck & Pereyra
/// 1970, Math. Comp. 24:893); a node that moves on the clock changes the gain by -W_i times the slope of the
/// target there.
template <std::size_t n, class R>
[[gnu::always_inline]] inline DrivenSlopes<R, n> driven_slopes(const DrivenPanel<R, n>& panel, const R& y0) {
  constexpr const auto& by = interpolation<n>;
  DrivenSlopes<R, n> slopes;
  auto& W = slopes.target;
  for (std::size_t m = 0; m < n; ++m) W[m] = panel.z * panel.N[m];
  for (std::size_t k = 0; k + 1 < n; ++k)
    for (std::size_t i = n - 1; i > k; --i) W[i] = W[i] - panel.x[k] * W[i - 1];
  for (std::size_t k = n - 1; k-- > 0;) {
    for (std::size_t i = k + 1; i < n; ++i) W[i] = W[i] * panel.inverse[panel.between(i - k - 1, i)];
    for (std::size_t i = k; i + 1 < n; ++i) W[i] = W[i] - W[i + 1];
  }
  R by_z = -(panel.decay * y0);
  for (std::size_t m = 0; m < n; ++m)
    by_z = by_z + panel.power[m] * (panel.N[m] + panel.z * (panel.N[m + 1] - panel.N[m]));
  std::array<R, n> moved;
  R by_mean = by_z * panel.h;
  for (std::size_t i = 0; i < n; ++i) {
    R slope = R(static_cast<double>(n - 1)) * panel.power[n - 1];
    for (std::size_t m = n - 1; m-- > 1;)
      slope = slope * panel.x[i] + R(static_cast<double>(m)) * panel.power[m];
    moved[i] = -(W[i] * slope) * panel.per_mean;
    by_mean = by_mean - moved[i] * panel.x[i];
  }
  for (std::size_t j = 0; j < n; ++j) {
    slopes.loss[j] = by_mean * R(by.weight[j]);
    for (std::size_t i = 0; i < n; ++i) slopes.loss[j] = slopes.loss[j] + moved[i] * R(by.integral[i][j]);
  }
  return slopes;
}

}  // namespace qdose
