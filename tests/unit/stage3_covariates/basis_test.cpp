#include "qdose/stage3_covariates/basis.hpp"

#include <gtest/gtest.h>

#include "qdose/base/random.hpp"
#include "qdose/stage3_covariates/feature_map.hpp"

namespace qdose {
namespace {

InputMatrix random_people(Eigen::Index n, Eigen::Index columns, std::uint64_t item) {
  Stream stream(4, Purpose::property_test, item);
  const auto uniform = [&] { return stream.uniform(); };
  return {Eigen::MatrixXd::NullaryExpr(n, columns, uniform),
          Eigen::MatrixXd::NullaryExpr(n, columns, uniform)};
}

TEST(Basis, InnerProductsAreTheKernel) {
  const InputMatrix people = random_people(40, 2, 1), others = random_people(7, 2, 2);
  const Circuit circuit = build_feature_map("zz", {2, 2, true}).value();
  for (const Kernel& kernel : {quantum_kernel(circuit, 0.6), rbf_kernel(0.5)}) {
    const Basis basis = kernel_basis("test", 0.6, kernel, people);
    const Eigen::MatrixXd elsewhere = functions_at(basis, others);
    EXPECT_LT((basis.training * basis.training.transpose() - kernel(people.unit, people.unit))
                  .cwiseAbs()
                  .maxCoeff(),
              1e-8);
    EXPECT_LT(
        (elsewhere * basis.training.transpose() - kernel(others.unit, people.unit)).cwiseAbs().maxCoeff(),
        1e-4);
    EXPECT_LT((functions_at(basis, people) - basis.training).cwiseAbs().maxCoeff(), 1e-4);
  }
}

TEST(Basis, RankOfAFidelityKernelIsBoundedByItsQubits) {
  const Circuit circuit = build_feature_map("zz", {2, 2, true}).value();
  const Basis basis = kernel_basis("zz", 1, quantum_kernel(circuit, 1), random_people(200, 2, 3));
  EXPECT_LE(basis.training.cols(), 16);  // density matrices of two qubits
  EXPECT_GE(basis.training.cols(), 10);
}

TEST(Basis, ProductStateKernelIsTheKnownCosine) {
  const Circuit circuit = build_feature_map("ry", {2, 1, true}).value();
  const Kernel kernel = quantum_kernel(circuit, 0.4);
  Eigen::MatrixXd x(1, 2), y(1, 2);
  x << 0.1, 0.9, y << 0.8, 0.3;
  const double c0 = std::cos(0.7 * 0.4 * M_PI / 2), c1 = std::cos(0.6 * 0.4 * M_PI / 2);
  EXPECT_NEAR(kernel(x, y)(0, 0), c0 * c0 * c1 * c1, 1e-14);
}

TEST(Basis, LinearFunctionsAreStandardised) {
  const InputMatrix people = random_people(50, 3, 4);
  const Basis basis = linear_basis(people);
  EXPECT_LT(basis.training.colwise().mean().norm(), 1e-12);
  EXPECT_NEAR(basis.training.squaredNorm(), 150, 1e-9);
  EXPECT_LT((functions_at(basis, people) - basis.training).norm(), 1e-12);
}

}  // namespace
}  // namespace qdose
