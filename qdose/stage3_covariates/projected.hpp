// Projected quantum kernels: a classical kernel of what can be measured on single qubits (Huang et al. 2021).
#pragma once
#include "qdose/stage3_covariates/basis.hpp"

namespace qdose {

/// <X>, <Y>, <Z> of every qubit of the state of each row of unit inputs (angles up to bandwidth * pi):
/// [rows][3 n].
Eigen::MatrixXd bloch_vectors(const Circuit& circuit, double bandwidth, const Eigen::MatrixXd& unit_inputs);

/// k(x, y) = exp(-gamma sum over qubits of |rho_q(x) - rho_q(y)|^2 in the Frobenius norm), gamma = 1 /
/// qubits.
Kernel projected_kernel(Circuit circuit, double bandwidth);

}  // namespace qdose
