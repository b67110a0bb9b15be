#include "qdose/stage3_covariates/measured_kernel.hpp"

#include <gtest/gtest.h>

#include "qdose/base/random.hpp"
#include "qdose/stage3_covariates/advantage.hpp"
#include "qdose/stage3_covariates/basis.hpp"
#include "qdose/stage3_covariates/feature_map.hpp"

namespace qdose {
namespace {

Eigen::MatrixXd some_gram(Eigen::Index n, int qubits, double bandwidth) {
  Stream stream(9, Purpose::property_test, static_cast<std::uint64_t>(qubits));
  const Eigen::MatrixXd x = Eigen::MatrixXd::NullaryExpr(n, qubits, [&] { return stream.uniform(); });
  return quantum_kernel(build_feature_map("zz", {qubits, 2, true}).value(), bandwidth)(x, x);
}

TEST(MeasuredKernel, CountsAreUnbiasedWithBinomialErrorsAlsoThroughNoise) {
  const Eigen::MatrixXd exact = some_gram(80, 2, 0.5);
  for (const double lost : {0.0, 0.2}) {
    const Hardware hardware{200, lost, 2};
    const Eigen::MatrixXd error = measure(exact, hardware, 1, true) - exact;
    EXPECT_EQ(error.diagonal().cwiseAbs().maxCoeff(), 0);
    const double pairs = 80 * 79 / 2.0, s = hardware.survival();
    double sum = 0, square = 0, expected = 0;
    for (Eigen::Index i = 0; i < 80; ++i)
      for (Eigen::Index j = 0; j < i; ++j) {
        const double p = s * exact(i, j) + (1 - s) / 4;
        sum += error(i, j), square += error(i, j) * error(i, j), expected += p * (1 - p) / 200 / (s * s);
      }
    EXPECT_NEAR(sum / pairs, 0, 4 * std::sqrt(expected / pairs / pairs));
    EXPECT_NEAR(square / expected, 1, 0.15);
  }
}

TEST(MeasuredKernel, WithoutShotsOnlyTheCorrectionIsLeft) {
  const Eigen::MatrixXd exact = some_gram(20, 3, 0.4);
  EXPECT_LT((measure(exact, {0, 0.3, 3}, 1, true) - exact).cwiseAbs().maxCoeff(), 1e-12);
  EXPECT_EQ(ridge_floor(exact, {0, 0.3, 3}), 0);
}

TEST(MeasuredKernel, TheRidgeFloorIsTheNoisesSpectralNorm) {
  const Eigen::MatrixXd exact = some_gram(200, 2, 0.5);
  const Hardware hardware{100, 0, 2};
  const Eigen::MatrixXd measured = measure(exact, hardware, 3, true);
  const double norm = (measured - exact).selfadjointView<Eigen::Lower>().eigenvalues().cwiseAbs().maxCoeff();
  EXPECT_NEAR(ridge_floor(measured, hardware) / norm, 1, 0.25);
  // the measured matrix is indefinite, with the floor it is positive
  EXPECT_LT(measured.selfadjointView<Eigen::Lower>().eigenvalues().minCoeff(), 0);
  EXPECT_GT(measured.selfadjointView<Eigen::Lower>().eigenvalues().minCoeff() +
                1.25 * ridge_floor(measured, hardware),
            0);
}

TEST(MeasuredKernel, LeaveOneOutIsThatOfTheRidgeItReports) {
  const Eigen::MatrixXd gram = some_gram(25, 2, 0.3);
  Stream stream(10, Purpose::property_test, 0);
  const Eigen::VectorXd y = Eigen::VectorXd::NullaryExpr(25, [&] { return stream.normal(); });
  const DualRidge all = train_dual(gram, y, 0.5);
  EXPECT_GE(all.lambda, 0.5);
  std::vector<Eigen::Index> rest;
  for (Eigen::Index i = 1; i < 25; ++i) rest.push_back(i);
  Eigen::MatrixXd part = gram(rest, rest);
  part.diagonal().array() += all.lambda;
  const Eigen::VectorXd centred = y.array() - y.mean();
  const double prediction = gram(0, rest) * part.ldlt().solve(centred(rest));
  EXPECT_NEAR(all.loo_residuals(0), centred(0) - prediction, 1e-10);
}

TEST(Concentration, GrowsWithQubitsAndBandwidth) {
  const KernelConcentration few = concentration(some_gram(60, 2, 0.3)),
                            many = concentration(some_gram(60, 8, 1));
  EXPECT_GT(few.variance, 20 * many.variance);
  EXPECT_GT(many.shots, 10 * few.shots);
  EXPECT_NEAR(many.mean, 1.0 / 256, 2e-3);  // random states of 8 qubits
}

TEST(Alignment, IsOneForTheKernelOfTheTargetItself) {
  const Eigen::VectorXd y = Eigen::VectorXd::LinSpaced(10, -1, 1);
  EXPECT_NEAR(alignment(y * y.transpose(), y), 1, 1e-12);
  EXPECT_NEAR(alignment(Eigen::MatrixXd::Identity(10, 10), y), 1 / 3.0, 1e-12);
}

}  // namespace
}  // namespace qdose
