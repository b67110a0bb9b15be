#include "qdose/stage2_population/lkj.hpp"

#include <array>
#include <cmath>

namespace qdose {
namespace {

using Eigen::Index;

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

/// Place of (row, column) below the diagonal.
std::size_t place(Index row, Index column) { return at(row * (row - 1) / 2 + column); }

/// (1 + partial correlation) / 2 in this column is Beta(a, a) with this a.
double beta_shape(Index column, Index order, double shape) {
  return shape + 0.5 * static_cast<double>(order - 2 - column);
}

}  // namespace

EffectMatrix correlation_root(std::span<const double> y, Index order) {
  EffectMatrix root = EffectMatrix::Zero(order, order);
  for (Index i = 0; i < order; ++i) {
    double left = 1;  // of the row's unit length
    for (Index j = 0; j < i; ++j) {
      const double partial = std::tanh(y[place(i, j)]);
      root(i, j) = partial * left;
      left *= std::sqrt((1 - partial) * (1 + partial));
    }
    root(i, i) = left;
  }
  return root;
}

std::vector<double> unconstrained_correlation(const EffectMatrix& correlation) {
  const Index order = correlation.rows();
  std::vector<double> y(place(order, 0));
  EffectMatrix root = EffectMatrix::Zero(order, order);
  for (Index i = 0; i < order; ++i) {
    double left = 1;
    for (Index j = 0; j < i; ++j) {
      double rest = correlation(i, j);
      for (Index k = 0; k < j; ++k) rest -= root(i, k) * root(j, k);
      root(i, j) = rest / root(j, j);
      const double partial = root(i, j) / left;
      y[place(i, j)] = std::atanh(partial);
      left *= std::sqrt((1 - partial) * (1 + partial));
    }
    root(i, i) = left;
  }
  return y;
}

double lkj_log_density(std::span<const double> y, Index order, double shape, std::span<double> slope) {
  double total = 0;
  for (Index i = 1; i < order; ++i)
    for (Index j = 0; j < i; ++j) {
      // Beta(a, a) of tanh y: (1 - tanh^2)^(a - 1) times the slope of tanh; log(1 - tanh^2) without
      // cancellation.
      const double a = beta_shape(j, order, shape), size = std::abs(y[place(i, j)]);
      total += 2 * a * (std::log(2.0) - size - std::log1p(std::exp(-2 * size)));
      slope[place(i, j)] = -2 * a * std::tanh(y[place(i, j)]);
    }
  return total;
}

void pull_back_correlation(std::span<const double> y, const EffectMatrix& root,
                           const EffectMatrix& by_correlation, std::span<double> gradient) {
  const EffectMatrix by_root = 2 * by_correlation.lazyProduct(root);
  std::array<double, most_effects> left;  // of the row's unit length before each column
  for (Index i = 1; i < root.rows(); ++i) {
    left[0] = 1;
    for (Index j = 0; j + 1 < i; ++j) left[at(j + 1)] = left[at(j)] / std::cosh(y[place(i, j)]);
    double later = by_root(i, i) * root(i, i);  // what a shorter rest of the row scales down
    for (Index j = i; j-- > 0;) {
      const double partial = std::tanh(y[place(i, j)]);
      gradient[place(i, j)] += by_root(i, j) * left[at(j)] * (1 - partial) * (1 + partial) - partial * later;
      later += by_root(i, j) * root(i, j);
    }
  }
}

std::vector<double> draw_lkj(Index order, double shape, Stream& random) {
  std::vector<double> y(place(order, 0));
  for (Index i = 1; i < order; ++i)
    for (Index j = 0; j < i; ++j) {
      double gamma[2] = {0, 0};  // chi-square with 2 a degrees of freedom, twice: their share is Beta(a, a)
      for (double& sum : gamma)
        for (long k = 0; k < std::lround(2 * beta_shape(j, order, shape)); ++k)
          sum += std::pow(random.normal(), 2);
      y[place(i, j)] = 0.5 * std::log(gamma[0] / gamma[1]);
    }
  return y;
}

}  // namespace qdose
