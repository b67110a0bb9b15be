#include "qdose/stage3_covariates/svr.hpp"

#include <gtest/gtest.h>

#include "qdose/base/random.hpp"
#include "qdose/stage3_covariates/basis.hpp"
#include "qdose/stage3_covariates/svr_many.hpp"

namespace qdose {
namespace {

TEST(Svr, MeetsTheOptimalityConditions) {
  Stream stream(5, Purpose::property_test, 0);
  const Eigen::Index n = 60;
  const Eigen::MatrixXd x = Eigen::MatrixXd::NullaryExpr(n, 2, [&] { return stream.uniform(); });
  const Eigen::MatrixXd gram = rbf_kernel(0.3)(x, x);
  Eigen::VectorXd y(n);
  for (Eigen::Index i = 0; i < n; ++i) y(i) = 3 + std::sin(6 * x(i, 0)) + 0.3 * stream.normal();
  const SvrSettings settings{.C = 2, .epsilon = 0.2, .tolerance = 1e-8};
  const SvrModel model = train_svr(gram, y, settings);
  ASSERT_TRUE(model.converged);
  EXPECT_NEAR(model.coefficients.sum(), 0, 1e-9);
  const Eigen::VectorXd residual = y - gram * model.coefficients - Eigen::VectorXd::Constant(n, model.offset);
  int inside = 0, free = 0, bound = 0;
  for (Eigen::Index i = 0; i < n; ++i) {  // Smola and Schoelkopf 2004, section 1.4
    const double b = model.coefficients(i), r = residual(i);
    if (std::abs(b) < 1e-12) {
      EXPECT_LE(std::abs(r), 0.2 + 1e-7);
      ++inside;
    } else if (std::abs(b) < 2 - 1e-12) {
      EXPECT_NEAR(r, b > 0 ? 0.2 : -0.2, 1e-7);
      ++free;
    } else {
      EXPECT_GE(b > 0 ? r : -r, 0.2 - 1e-7);
      ++bound;
    }
  }
  EXPECT_GT(inside, 5);
  EXPECT_GT(free, 3);
  EXPECT_GT(bound, 3);
}

TEST(Svr, ManyOutputsAtOnceReachTheOptimumOfEach) {
  Stream stream(6, Purpose::property_test, 0);
  const Eigen::Index n = 150;
  const Eigen::MatrixXd x = Eigen::MatrixXd::NullaryExpr(n, 2, [&] { return stream.uniform(); });
  InputMatrix inputs{x, x};
  const Basis basis = kernel_basis("rbf", 0.4, rbf_kernel(0.4), inputs);
  Eigen::MatrixXd y(n, 3);
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index q = 0; q < 3; ++q)
      y(i, q) =
          2 - static_cast<double>(q) + std::sin(6 * x(i, 0) + static_cast<double>(q)) + 0.4 * stream.normal();
  const SvrManyModel model = train_svr(Eigen::MatrixXf(basis.training.cast<float>()),
                                       Eigen::MatrixXf(y.cast<float>()), {.C = 2, .epsilon = 0.2});
  EXPECT_TRUE(model.converged);
  const Eigen::MatrixXd gram = basis.training * basis.training.transpose();
  for (Eigen::Index q = 0; q < 3; ++q) {
    const SvrModel pairs =
        train_svr(gram, Eigen::VectorXd(y.col(q)), {.C = 2, .epsilon = 0.2, .tolerance = 1e-6});
    ASSERT_TRUE(pairs.converged);
    const Eigen::VectorXd residual = (y.col(q) - gram * pairs.coefficients).array() - pairs.offset;
    const double best = 0.5 * pairs.coefficients.dot(gram * pairs.coefficients) +
                        2 * (residual.cwiseAbs().array() - 0.2).max(0).sum();
    EXPECT_NEAR(model.objective(q), best, 2e-4 * best);
  }
}

}  // namespace
}  // namespace qdose
