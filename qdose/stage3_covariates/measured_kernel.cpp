#include "qdose/stage3_covariates/measured_kernel.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "qdose/base/random.hpp"

namespace qdose {
namespace {

/// A Stream as the standard library's distributions want it.
struct Bits {
  using result_type = std::uint32_t;
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }
  result_type operator()() { return stream.bits(); }
  Stream stream;
};

double background(const Hardware& h) { return (1 - h.survival()) / std::ldexp(1.0, h.qubits); }

double measured_entry(double exact, const Hardware& h, Bits bits) {
  const double probability = std::clamp(h.survival() * exact + background(h), 0.0, 1.0);
  double frequency = probability;
  if (h.shots > 0) {
    std::binomial_distribution<long> count(static_cast<long>(h.shots), probability);
    frequency = static_cast<double>(count(bits)) / h.shots;
  }
  return (frequency - background(h)) / h.survival();
}

}  // namespace

Eigen::MatrixXd measure(const Eigen::MatrixXd& exact, const Hardware& hardware, std::uint64_t seed,
                        bool symmetric) {
  Eigen::MatrixXd out = exact;
  for (Eigen::Index i = 0; i < exact.rows(); ++i)
    for (Eigen::Index j = symmetric ? i + 1 : 0; j < exact.cols(); ++j) {
      out(i, j) = measured_entry(
          exact(i, j), hardware,
          {Stream(seed, Purpose::validation, static_cast<std::uint64_t>(i), static_cast<std::uint32_t>(j))});
      if (symmetric) out(j, i) = out(i, j);
    }
  return out;
}

Eigen::MatrixXd corrected(const Eigen::MatrixXd& frequency, const Hardware& hardware) {
  Eigen::MatrixXd out = (frequency.array() - background(hardware)) / hardware.survival();
  out.diagonal().setOnes();
  return out;
}

double ridge_floor(const Eigen::MatrixXd& measured, const Hardware& h) {
  if (h.shots <= 0 || measured.rows() < 2) return 0;
  double variance = 0;
  for (Eigen::Index i = 0; i < measured.rows(); ++i)
    for (Eigen::Index j = 0; j < i; ++j) {
      const double p = std::clamp(h.survival() * measured(i, j) + background(h), 0.0, 1.0);
      variance += p * (1 - p) / h.shots / (h.survival() * h.survival());
    }
  const auto n = static_cast<double>(measured.rows());
  return 2 * std::sqrt(variance / (n * (n - 1) / 2)) * std::sqrt(n);
}

KernelConcentration concentration(const Eigen::MatrixXd& gram) {
  const auto n = static_cast<double>(gram.rows());
  const double pairs = n * (n - 1);
  if (pairs <= 0) return {};
  const double sum = gram.sum() - gram.trace();
  const double squares = gram.squaredNorm() - gram.diagonal().squaredNorm();
  KernelConcentration c{.mean = sum / pairs};
  c.variance = std::max(squares / pairs - c.mean * c.mean, 0.0);
  const double counting = (sum - squares) / pairs;  // mean of K (1 - K): variance of one shot
  if (c.variance > 0) c.shots = std::ceil(counting / c.variance);
  return c;
}

DualRidge train_dual(const Eigen::MatrixXd& gram, const Eigen::VectorXd& y, double floor) {
  DualRidge best;
  best.offset = y.mean();
  const Eigen::VectorXd centred = y.array() - best.offset;
  double least = std::numeric_limits<double>::infinity();
  for (int k = 0; k < 13; ++k) {
    const double lambda = std::max(std::pow(10.0, -3 + 0.5 * k), floor);
    const Eigen::MatrixXd inverse =
        (gram + lambda * Eigen::MatrixXd::Identity(gram.rows(), gram.cols())).inverse();
    const Eigen::VectorXd coefficients = inverse * centred;
    const Eigen::VectorXd residuals = coefficients.cwiseQuotient(inverse.diagonal());
    if (!(residuals.squaredNorm() < least)) continue;
    least = residuals.squaredNorm();
    best.coefficients = coefficients, best.lambda = lambda, best.loo_residuals = residuals;
  }
  return best;
}

}  // namespace qdose
