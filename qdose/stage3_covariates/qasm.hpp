// The feature map as OpenQASM 3, for running the same kernel on a quantum computer.
#pragma once
#include <string>

#include "qdose/stage3_covariates/circuit.hpp"

namespace qdose {

/// A program that prepares the map's state for inputs x0, x1, ... (angles that the caller binds).
std::string to_qasm(const Circuit& circuit);

/// The compute-uncompute program of one kernel entry: the map at x, its inverse at y, then all qubits are
/// measured. The share of all-zero outcomes estimates |<psi(y)|psi(x)>|^2.
std::string overlap_to_qasm(const Circuit& circuit);

}  // namespace qdose
