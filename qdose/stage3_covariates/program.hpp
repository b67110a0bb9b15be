// A circuit in the form that simulates fastest: layers of one-qubit matrices between diagonals.
//
// Gates that only turn phases, and CNOTs, commute into one diagonal: a CNOT makes a qubit hold the parity of
// some bits of the basis state's index, and a phase on that qubit is a phase on the parity (the "phase
// polynomial" of Amy, Maslov and Mosca 2014). A whole ZZ layer thus costs one multiplication an amplitude.
#pragma once
#include <cstdint>
#include <variant>
#include <vector>

#include "qdose/stage3_covariates/circuit.hpp"

namespace qdose {

/// Phase (slope * angle + constant) * (-1)^(number of ones in k & mask) on basis state k.
struct ParityPhase {
  std::size_t mask = 0;
  double slope = 0, constant = 0;
  bool operator==(const ParityPhase&) const = default;
};

/// What one gate adds to a diagonal.
struct PhaseGate {
  Angle angle;
  std::vector<ParityPhase> phases;
  bool operator==(const PhaseGate&) const = default;
};
using Diagonal = std::vector<PhaseGate>;

/// One-qubit gates, at most one list a qubit, in order of time.
struct LocalStep {
  std::size_t hadamards = 0;  ///< bit q: qubit q gets sqrt(2) H; Program::scale holds the factors left out
  std::vector<std::vector<Operation>> others;  ///< [qubit]
};
/// Multiplies by a diagonal of Program::diagonals, then amplitude k moves to moved_to[k] (empty: stays).
struct DiagonalStep {
  std::size_t diagonal = 0;
  std::vector<std::uint32_t> moved_to;
};
/// A gate of two qubits that is neither diagonal nor a CNOT.
struct ControlledStep {
  Operation operation;
};
using Step = std::variant<LocalStep, DiagonalStep, ControlledStep>;

struct Program {
  int qubits = 0, features = 0;
  double scale = 1;                 ///< of the amplitude of |0...0> to start with
  std::vector<Diagonal> diagonals;  ///< those that differ: repeated layers share one
  std::vector<Step> steps;
};

/// The same unitary as `circuit`, global phase included. Cost: gates * 2^qubits at most, once.
Program compile(const Circuit& circuit);

}  // namespace qdose
