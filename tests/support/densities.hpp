// Densities with known moments and exact draws, for tests of samplers.
#pragma once
#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/stage2_population/density.hpp"

namespace qdose::testing {

/// Normal with a given mean and covariance.
class Gaussian final : public Density {
 public:
  Gaussian(Eigen::VectorXd mean, Eigen::MatrixXd covariance, ArrowStructure arrow = {})
      : mean_(std::move(mean)),
        lower_(Eigen::LLT<Eigen::MatrixXd>(covariance).matrixL()),
        precision_(covariance.inverse()),
        arrow_(std::move(arrow)) {}

  std::size_t dimension() const override { return static_cast<std::size_t>(mean_.size()); }
  double log_density(std::span<const double> x, std::span<double> gradient) override {
    const Eigen::VectorXd shift = Eigen::Map<const Eigen::VectorXd>(x.data(), mean_.size()) - mean_;
    Eigen::Map<Eigen::VectorXd> g(gradient.data(), mean_.size());
    g = -(precision_ * shift);
    return 0.5 * g.dot(shift);
  }
  std::unique_ptr<Density> clone() const override { return std::make_unique<Gaussian>(*this); }
  ArrowStructure arrow() const override { return arrow_; }

  Eigen::VectorXd exact_draw(Stream& random) const {
    Eigen::VectorXd z(mean_.size());
    for (double& v : z) v = random.normal();
    return mean_ + lower_ * z;
  }
  const Eigen::MatrixXd& precision() const { return precision_; }

 private:
  Eigen::VectorXd mean_;
  Eigen::MatrixXd lower_, precision_;
  ArrowStructure arrow_;
};

/// Neal's funnel: v ~ N(0, width^2), x_i | v ~ N(0, e^v). Curved so that no metric whitens it.
class Funnel final : public Density {
 public:
  Funnel(double width, Eigen::Index others) : width_(width), others_(others) {}

  std::size_t dimension() const override { return static_cast<std::size_t>(others_) + 1; }
  double log_density(std::span<const double> x, std::span<double> gradient) override {
    const double v = x[0], precision = std::exp(-v), n = static_cast<double>(others_);
    double squares = 0;
    for (std::size_t i = 1; i < x.size(); ++i) {
      squares += x[i] * x[i];
      gradient[i] = -x[i] * precision;
    }
    gradient[0] = -v / (width_ * width_) + 0.5 * squares * precision - 0.5 * n;
    return -0.5 * v * v / (width_ * width_) - 0.5 * squares * precision - 0.5 * n * v;
  }
  std::unique_ptr<Density> clone() const override { return std::make_unique<Funnel>(*this); }

  Eigen::VectorXd exact_draw(Stream& random) const {
    Eigen::VectorXd x(others_ + 1);
    x[0] = width_ * random.normal();
    for (Eigen::Index i = 1; i <= others_; ++i) x[i] = std::exp(0.5 * x[0]) * random.normal();
    return x;
  }

 private:
  double width_;
  Eigen::Index others_;
};

/// Rosenbrock's curved valley: a ~ N(1, 1/2), b | a ~ N(a^2, 1/20).
class Rosenbrock final : public Density {
 public:
  std::size_t dimension() const override { return 2; }
  double log_density(std::span<const double> x, std::span<double> gradient) override {
    const double across = x[1] - x[0] * x[0];
    gradient[0] = -2 * (x[0] - 1) + 40 * across * x[0];
    gradient[1] = -20 * across;
    return -(x[0] - 1) * (x[0] - 1) - 10 * across * across;
  }
  std::unique_ptr<Density> clone() const override { return std::make_unique<Rosenbrock>(*this); }
};

/// Half N(-distance, 1), half N(distance, 1).
class TwoNormals final : public Density {
 public:
  explicit TwoNormals(double distance) : distance_(distance) {}
  std::size_t dimension() const override { return 1; }
  double log_density(std::span<const double> x, std::span<double> gradient) override {
    const double right = x[0] - distance_, left = x[0] + distance_;
    const double share = 1 / (1 + std::exp(-2 * distance_ * x[0]));  // of the right one
    gradient[0] = -share * right - (1 - share) * left;
    const double top = std::max(-0.5 * right * right, -0.5 * left * left);
    return top +
           std::log(0.5 * std::exp(-0.5 * right * right - top) + 0.5 * std::exp(-0.5 * left * left - top));
  }
  std::unique_ptr<Density> clone() const override { return std::make_unique<TwoNormals>(*this); }

 private:
  double distance_;
};

/// A correlated covariance with standard deviations spread over `decades` powers of ten.
inline Eigen::MatrixXd ill_conditioned_covariance(Eigen::Index n, double decades, double correlation) {
  Eigen::MatrixXd covariance(n, n);
  const auto sd = [&](Eigen::Index i) {
    return std::pow(10.0, decades * static_cast<double>(i) / static_cast<double>(n - 1));
  };
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index j = 0; j < n; ++j)
      covariance(i, j) = sd(i) * sd(j) * std::pow(correlation, std::abs(static_cast<double>(i - j)));
  return covariance;
}

/// Largest distance between the empirical distribution of `sample` and a distribution function.
template <class Cdf>
double kolmogorov_distance(std::vector<double> sample, Cdf cdf) {
  std::sort(sample.begin(), sample.end());
  const double n = static_cast<double>(sample.size());
  double largest = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const double f = cdf(sample[i]), k = static_cast<double>(i);
    largest = std::max({largest, f - k / n, (k + 1) / n - f});
  }
  return largest;
}

/// Distance that a sample of n from the distribution itself exceeds with probability alpha (asymptotic, n >
/// 100).
inline double kolmogorov_limit(std::size_t n, double alpha) {
  return std::sqrt(-0.5 * std::log(alpha / 2.0) / static_cast<double>(n));
}

inline double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

}  // namespace qdose::testing
