#include "qdose/stage3_covariates/basis.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>
#include <utility>

#include "qdose/stage3_covariates/gram.hpp"

namespace qdose {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Subjects beyond this number take the functions that the first ones need (a Nystrom approximation, exact
/// for the finite rank of a fidelity kernel).
constexpr Eigen::Index largest_gram = 2000;

/// Rows of the training inputs, in the order in which the factorisation took them, and the factor
/// [subjects][r].
struct PivotedCholesky {
  std::vector<Eigen::Index> pivots;
  Eigen::MatrixXd factor;
};

PivotedCholesky pivoted_cholesky(const Eigen::MatrixXd& gram, double tolerance) {
  const Eigen::Index n = gram.rows();
  PivotedCholesky result{{}, Eigen::MatrixXd::Zero(n, n)};
  Eigen::VectorXd left = gram.diagonal();  // what the columns so far do not explain
  Eigen::Index rank = 0;
  for (; rank < n; ++rank) {
    Eigen::Index pivot = 0;
    const double largest = left.maxCoeff(&pivot);
    if (largest <= tolerance) break;
    const auto done = result.factor.leftCols(rank);
    const Eigen::VectorXd column =
        (gram.col(pivot) - done * done.row(pivot).transpose()) / std::sqrt(largest);
    result.factor.col(rank) = column;
    left -= column.cwiseAbs2();
    left(pivot) = 0;
    result.pivots.push_back(pivot);
  }
  result.factor.conservativeResize(n, rank);
  return result;
}

}  // namespace

StateMatrix<double> states_at(const Circuit& circuit, double bandwidth, const Eigen::MatrixXd& unit_inputs) {
  const RowMajor angles = unit_inputs * (bandwidth * std::numbers::pi);
  return run_circuit<double>(circuit, {angles.data(), static_cast<std::size_t>(angles.size())},
                             static_cast<std::size_t>(angles.rows()));
}

Basis kernel_basis(std::string name, double bandwidth, const Kernel& kernel, const InputMatrix& inputs,
                   double tolerance) {
  const Eigen::MatrixXd sample = inputs.unit.topRows(std::min(inputs.rows(), largest_gram));
  const PivotedCholesky cholesky = pivoted_cholesky(kernel(sample, sample), tolerance);
  const Eigen::MatrixXd pivots = sample(cholesky.pivots, Eigen::all);
  const Eigen::MatrixXd lower = cholesky.factor(cholesky.pivots, Eigen::all);
  const Eigen::Index rank = lower.rows();
  // k(x, pivots) = phi(x) lower^T, and lower is triangular in the order of the pivots
  const Eigen::MatrixXd to_functions =
      lower.triangularView<Eigen::Lower>().solve(Eigen::MatrixXd::Identity(rank, rank)).transpose();
  Basis basis{std::move(name), bandwidth, cholesky.factor,
              [towards = kernel.towards(pivots)](const InputMatrix& people) { return towards(people.unit); },
              to_functions};
  if (sample.rows() < inputs.rows()) basis.training = functions_at(basis, inputs);
  return basis;
}

Kernel quantum_kernel(Circuit circuit, double bandwidth) {
  return {[circuit = std::move(circuit), bandwidth](const Eigen::MatrixXd& references) -> Kernel::Towards {
    return [circuit, bandwidth, known = states_at(circuit, bandwidth, references)](const Eigen::MatrixXd& x) {
      const std::vector<double> gram = fidelity_gram(states_at(circuit, bandwidth, x), known);
      return Eigen::MatrixXd(
          Eigen::Map<const RowMajor>(gram.data(), x.rows(), static_cast<Eigen::Index>(known.count)));
    };
  }};
}

TimedGram timed_gram(const Circuit& circuit, double bandwidth, const Eigen::MatrixXd& unit_inputs) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const StateMatrix<double> states = states_at(circuit, bandwidth, unit_inputs);
  const auto between = Clock::now();
  const std::vector<double> gram = fidelity_gram(states);
  const auto end = Clock::now();
  return {Eigen::Map<const RowMajor>(gram.data(), unit_inputs.rows(), unit_inputs.rows()),
          std::chrono::duration<double>(between - start).count(),
          std::chrono::duration<double>(end - between).count()};
}

Kernel rbf_kernel(double length) {
  return {[length](const Eigen::MatrixXd& references) -> Kernel::Towards {
    return [length, references](const Eigen::MatrixXd& x) {
      Eigen::MatrixXd gram(x.rows(), references.rows());
      for (Eigen::Index i = 0; i < x.rows(); ++i)
        for (Eigen::Index j = 0; j < references.rows(); ++j)
          gram(i, j) = std::exp(-(x.row(i) - references.row(j)).squaredNorm() / (2 * length * length));
      return gram;
    };
  }};
}

Basis linear_basis(const InputMatrix& inputs) {
  const Eigen::RowVectorXd mean = inputs.trend.colwise().mean();
  const Eigen::MatrixXd centred = inputs.trend.rowwise() - mean;
  const Eigen::VectorXd scale =
      (centred.colwise().squaredNorm() / static_cast<double>(inputs.rows())).cwiseSqrt();
  Eigen::MatrixXd to_functions = scale.cwiseInverse().asDiagonal();
  return {"linear", 0, centred * to_functions,
          [mean](const InputMatrix& people) { return Eigen::MatrixXd(people.trend.rowwise() - mean); },
          to_functions};
}

Eigen::MatrixXd functions_at(const Basis& basis, const InputMatrix& inputs) {
  return basis.raw(inputs) * basis.to_functions;
}

}  // namespace qdose
