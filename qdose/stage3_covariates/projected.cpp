#include "qdose/stage3_covariates/projected.hpp"

#include <cmath>
#include <numbers>
#include <utility>

#include "qdose/stage3_covariates/statevector.hpp"

namespace qdose {

Eigen::MatrixXd bloch_vectors(const Circuit& circuit, double bandwidth, const Eigen::MatrixXd& unit_inputs) {
  const StateMatrix<double> states = states_at(circuit, bandwidth, unit_inputs);
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(unit_inputs.rows(), 3 * circuit.qubits);
  for (Eigen::Index i = 0; i < out.rows(); ++i) {
    const std::complex<double>* psi = states.row(static_cast<std::size_t>(i));
    for (int q = 0; q < circuit.qubits; ++q) {
      const std::size_t bit = std::size_t{1} << q;
      std::complex<double> coherence = 0;
      double z = 0;
      for (std::size_t k = 0; k < states.dimension; ++k) {
        if ((k & bit) != 0) continue;
        coherence += std::conj(psi[k]) * psi[k | bit];
        z += std::norm(psi[k]) - std::norm(psi[k | bit]);
      }
      out(i, 3 * q) = 2 * coherence.real(), out(i, 3 * q + 1) = 2 * coherence.imag(), out(i, 3 * q + 2) = z;
    }
  }
  return out;
}

Kernel projected_kernel(Circuit circuit, double bandwidth) {
  return {[circuit = std::move(circuit), bandwidth](const Eigen::MatrixXd& references) -> Kernel::Towards {
    // |rho - rho'|^2 is half the squared distance of the Bloch vectors.
    const double length = std::sqrt(static_cast<double>(circuit.qubits));
    const Kernel::Towards known = rbf_kernel(length).towards(bloch_vectors(circuit, bandwidth, references));
    return [circuit, bandwidth, known](const Eigen::MatrixXd& x) {
      return known(bloch_vectors(circuit, bandwidth, x));
    };
  }};
}

}  // namespace qdose
