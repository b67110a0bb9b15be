// Fidelity kernels of few qubits without a Gram matrix: |<a|b>|^2 is an ordinary scalar product of density
// matrices.
#pragma once
#include <span>

#include "qdose/stage3_covariates/ridge_sums.hpp"
#include "qdose/stage3_covariates/statevector.hpp"

namespace qdose {

/// Qubits up to which the 4^n functions are worth it.
inline constexpr int most_primal_qubits = 6;

/// The 4^n real numbers of |psi><psi|, scaled so that scalar products are fidelities: [states][4^n].
Eigen::MatrixXd density_functions(const StateMatrix<double>& states);

struct PrimalSeconds {
  double states = 0, sums = 0, solve = 0;
};

struct PrimalFit {
  RidgeSums::Fit fit;
  PrimalSeconds seconds;
};

/// Exact kernel ridge regression (with intercept) of outputs [people][m] on the kernel of `circuit`: the cost
/// is people * 16^n, the memory does not depend on the people beyond the arguments. `inputs` are angles,
/// row-major [people][features]. The result does not depend on `threads`.
PrimalFit fit_primal(const Circuit& circuit, std::span<const double> inputs, const Eigen::MatrixXd& outputs,
                     double lambda, int threads = 1);

/// Predictions [people][m].
Eigen::MatrixXd predict_primal(const Circuit& circuit, std::span<const double> inputs,
                               const RidgeSums::Fit& fit, int threads = 1);

}  // namespace qdose
