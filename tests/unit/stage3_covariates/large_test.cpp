// Regressions on many people against the plain ones on few.
#include <gtest/gtest.h>

#include <numbers>

#include "qdose/base/random.hpp"
#include "qdose/stage3_covariates/basis.hpp"
#include "qdose/stage3_covariates/feature_map.hpp"
#include "qdose/stage3_covariates/gram.hpp"
#include "qdose/stage3_covariates/nystrom.hpp"
#include "qdose/stage3_covariates/primal.hpp"
#include "qdose/stage3_covariates/projected.hpp"
#include "qdose/stage3_covariates/surrogate.hpp"

namespace qdose {
namespace {

using RowMajor = RidgeSums::RowMajor;

struct People {
  RowMajor angles;
  Eigen::MatrixXd outputs;
  std::span<const double> all() const { return {angles.data(), static_cast<std::size_t>(angles.size())}; }
};

People people(Eigen::Index n, Eigen::Index features, std::uint64_t item) {
  Stream stream(8, Purpose::property_test, item);
  People p{RowMajor::NullaryExpr(n, features, [&] { return stream.uniform(0, 1.5); }), Eigen::MatrixXd(n, 2)};
  for (Eigen::Index i = 0; i < n; ++i)
    p.outputs.row(i) << 3 + std::sin(2 * p.angles(i, 0)) + 0.1 * stream.normal(),
        p.angles(i, 1) * p.angles(i, 0) + 0.1 * stream.normal();
  return p;
}

/// Kernel ridge regression by the normal equations of the dual, outputs centred.
Eigen::MatrixXd dual_predictions(const Circuit& circuit, const People& training, const People& test,
                                 double lambda, bool centre_functions) {
  const auto n = training.angles.rows();
  const Kernel kernel = quantum_kernel(circuit, 1 / std::numbers::pi);
  Eigen::MatrixXd gram = kernel(training.angles, training.angles),
                  cross = kernel(test.angles, training.angles);
  if (centre_functions) {  // an intercept that is not penalised centres the kernel as well
    const Eigen::RowVectorXd mean = gram.colwise().mean();
    const double all = mean.mean();
    const Eigen::VectorXd towards = cross.rowwise().mean();
    cross = ((cross.rowwise() - mean).colwise() - towards).array() + all;
    gram = ((gram.rowwise() - mean).colwise() - Eigen::VectorXd(mean.transpose())).array() + all;
  }
  const Eigen::RowVectorXd offset = training.outputs.colwise().mean();
  gram.diagonal().array() += lambda;
  EXPECT_EQ(gram.rows(), n);
  return (cross * gram.ldlt().solve(training.outputs.rowwise() - offset)).rowwise() + offset;
}

TEST(Primal, EqualsTheDualAtAnyNumberOfThreads) {
  const Circuit circuit = build_feature_map("iqp", {2, 2, true}).value();
  const People training = people(300, 2, 1), test = people(20, 2, 2);
  const PrimalFit fit = fit_primal(circuit, training.all(), training.outputs, 0.3);
  const Eigen::MatrixXd judge = dual_predictions(circuit, training, test, 0.3, true);
  EXPECT_LT((predict_primal(circuit, test.all(), fit.fit) - judge).cwiseAbs().maxCoeff(), 1e-8);
  const People many = people(20000, 2, 3);
  EXPECT_EQ(fit_primal(circuit, many.all(), many.outputs, 1, 1).fit.coefficients,
            fit_primal(circuit, many.all(), many.outputs, 1, 3).fit.coefficients);
}

TEST(Primal, DensityFunctionsMultiplyToFidelities) {
  const Circuit circuit = build_feature_map("zz", {3, 2, true}).value();
  const People p = people(12, 3, 4);
  const auto states = run_circuit<double>(circuit, p.all(), 12);
  const Eigen::MatrixXd functions = density_functions(states);
  EXPECT_EQ(functions.cols(), 64);
  const auto gram = fidelity_gram(states);
  const RowMajor product = functions * functions.transpose();
  for (Eigen::Index k = 0; k < product.size(); ++k)
    EXPECT_NEAR(product.data()[k], gram[static_cast<std::size_t>(k)], 1e-13);
}

TEST(Nystrom, WithEveryoneALandmarkItIsKernelRidgeRegression) {
  const Circuit circuit = build_feature_map("zz", {3, 2, true}).value();
  const People training = people(250, 3, 5), test = people(40, 3, 6);
  const NystromKernel kernel(circuit, training.all());
  const NystromFit fit = fit_nystrom(kernel, training.all(), training.outputs, {.lambda = 0.5});
  const Eigen::MatrixXd judge = dual_predictions(circuit, training, test, 0.5, false);
  EXPECT_LT((predict_nystrom(kernel, fit, test.all(), 40) - judge).cwiseAbs().maxCoeff(), 3e-3);
}

TEST(Nystrom, SameNumbersAtAnyThreadCount) {
  const Circuit circuit = build_feature_map("iqp", {3, 2, true}).value();
  const People p = people(20000, 3, 7);
  const NystromKernel kernel(circuit, p.all().subspan(0, 60 * 3));
  EXPECT_EQ(fit_nystrom(kernel, p.all(), p.outputs, {.threads = 1}).coefficients,
            fit_nystrom(kernel, p.all(), p.outputs, {.threads = 3}).coefficients);
}

TEST(Nystrom, FunctionsMultiplyToTheKernel) {
  const Circuit circuit = build_feature_map("iqp", {2, 2, true}).value();  // rank 16 at most
  const People p = people(120, 2, 9);
  const NystromKernel kernel(circuit, p.all().subspan(0, 60 * 2));
  const Eigen::MatrixXf functions = nystrom_functions(kernel, p.all(), 120);
  const auto gram = fidelity_gram(run_circuit<double>(circuit, p.all(), 120));
  const Eigen::MatrixXf product = functions * functions.transpose();
  for (Eigen::Index i = 0; i < 120; ++i)
    for (Eigen::Index j = 0; j < 120; ++j)
      EXPECT_NEAR(product(i, j), gram[static_cast<std::size_t>(i * 120 + j)], 1e-3);
}

TEST(Projected, BlochVectorsOfProductStatesAreKnown) {
  const Circuit circuit = build_feature_map("ry", {2, 1, true}).value();
  const Eigen::MatrixXd x{{0.3, 0.9}};  // RY(t): (sin t, 0, cos t)
  const Eigen::MatrixXd bloch = bloch_vectors(circuit, 0.5, x);
  for (int q = 0; q < 2; ++q) {
    const double t = 0.5 * std::numbers::pi * x(0, q);
    EXPECT_NEAR(bloch(0, 3 * q), std::sin(t), 1e-14);
    EXPECT_NEAR(bloch(0, 3 * q + 1), 0, 1e-14);
    EXPECT_NEAR(bloch(0, 3 * q + 2), std::cos(t), 1e-14);
  }
  const double near = projected_kernel(circuit, 0.5)(x, Eigen::MatrixXd{{0.3, 0.8}})(0, 0);
  EXPECT_GT(near, 0.98);
  EXPECT_LT(near, 1);
}

TEST(Surrogate, WavesHaveTheMapsFrequencies) {
  // one layer, full bandwidth: frequencies 0 and pi only, so the kernel has period 2
  const Kernel kernel = random_wave_kernel(1, 1, 1, 64, 1);
  const Eigen::MatrixXd x{{0.2}}, later{{2.2}}, y{{0.7}};
  EXPECT_NEAR(kernel(x, y)(0, 0), kernel(later, y)(0, 0), 1e-12);
  EXPECT_EQ(kernel(x, y), random_wave_kernel(1, 1, 1, 64, 1)(x, y));
  EXPECT_NE(kernel(x, y), random_wave_kernel(1, 1, 1, 64, 2)(x, y));
}

}  // namespace
}  // namespace qdose
