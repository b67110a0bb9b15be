// A kernel as a finite set of functions of the covariates: K = F F^T with as few columns as the kernel's rank
// needs.
#pragma once
#include <Eigen/Dense>
#include <functional>
#include <string>
#include <vector>

#include "qdose/stage3_covariates/circuit.hpp"
#include "qdose/stage3_covariates/inputs.hpp"
#include "qdose/stage3_covariates/statevector.hpp"

namespace qdose {

/// Functions phi_1..phi_r with k(x, y) = sum_j phi_j(x) phi_j(y). Ridge regression on them is kernel ridge
/// regression: for a fidelity kernel of n qubits r never exceeds 4^n, however many subjects there are.
struct Basis {
  std::string name;
  double bandwidth = 0;
  Eigen::MatrixXd training;  ///< [subjects][r]
  /// Values that are cheap to compute for anybody, [people][m]; phi = raw * to_functions.
  std::function<Eigen::MatrixXd(const InputMatrix&)> raw;
  Eigen::MatrixXd to_functions;  ///< [m][r]
};

/// A kernel on unit inputs. What depends on the references alone (their quantum states) is prepared once.
struct Kernel {
  /// Values k(x, reference) for people x, [rows of x][references].
  using Towards = std::function<Eigen::MatrixXd(const Eigen::MatrixXd& x)>;
  std::function<Towards(const Eigen::MatrixXd& references)> towards;

  Eigen::MatrixXd operator()(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y) const {
    return towards(y)(x);
  }
};

/// The basis of any kernel by a pivoted Cholesky factorisation at the training inputs. What is left out is
/// below `tolerance` in every entry of K whose diagonal is about 1. Cost: subjects * r^2.
Basis kernel_basis(std::string name, double bandwidth, const Kernel& kernel, const InputMatrix& inputs,
                   double tolerance = 1e-9);

/// States of the rows of unit inputs, turned into angles in [0, bandwidth * pi].
StateMatrix<double> states_at(const Circuit& circuit, double bandwidth, const Eigen::MatrixXd& unit_inputs);

/// k(x, y) = |<psi(x)|psi(y)>|^2 with inputs in [0, 1] turned into angles in [0, bandwidth * pi].
Kernel quantum_kernel(Circuit circuit, double bandwidth);

/// The same kernel among the rows of `unit_inputs`, with the time that its two steps took.
struct TimedGram {
  Eigen::MatrixXd gram;
  double seconds_states = 0, seconds_gram = 0;
};
TimedGram timed_gram(const Circuit& circuit, double bandwidth, const Eigen::MatrixXd& unit_inputs);

/// k(x, y) = exp(-|x - y|^2 / (2 length^2)).
Kernel rbf_kernel(double length);

/// The trend's columns, centred and scaled to unit variance over the training rows.
Basis linear_basis(const InputMatrix& inputs);

/// Basis functions of other people, [people][r].
Eigen::MatrixXd functions_at(const Basis& basis, const InputMatrix& inputs);

}  // namespace qdose
