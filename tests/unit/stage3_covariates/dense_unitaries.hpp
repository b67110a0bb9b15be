// The slow, obvious judge: whole 2^n x 2^n matrices from Kronecker products, written from textbook
// definitions.
#pragma once
#include <Eigen/Dense>
#include <complex>
#include <numbers>
#include <span>
#include <string>

#include "qdose/stage3_covariates/circuit.hpp"

namespace qdose::dense {

using Matrix = Eigen::MatrixXcd;
inline constexpr std::complex<double> i{0, 1};

inline Matrix kronecker(const Matrix& a, const Matrix& b) {
  Matrix out(a.rows() * b.rows(), a.cols() * b.cols());
  for (Eigen::Index r = 0; r < a.rows(); ++r)
    for (Eigen::Index c = 0; c < a.cols(); ++c)
      out.block(r * b.rows(), c * b.cols(), b.rows(), b.cols()) = a(r, c) * b;
  return out;
}

inline Matrix pauli(char name) {
  Matrix m(2, 2);
  if (name == 'I') m << 1, 0, 0, 1;
  if (name == 'X') m << 0, 1, 1, 0;
  if (name == 'Y') m << 0, -i, i, 0;
  if (name == 'Z') m << 1, 0, 0, -1;
  return m;
}

/// `word[q]` acts on qubit q; qubit 0 is the lowest bit, hence the rightmost factor.
inline Matrix pauli_word(const std::string& word) {
  Matrix m = Matrix::Identity(1, 1);
  for (const char letter : word) m = kronecker(pauli(letter), m);
  return m;
}

inline Matrix word_on(char letter, int qubit, int qubits) {
  std::string word(static_cast<std::size_t>(qubits), 'I');
  word[static_cast<std::size_t>(qubit)] = letter;
  return pauli_word(word);
}

/// exp(-i angle/2 P) for a Pauli word P (P^2 = 1).
inline Matrix rotation(const Matrix& word, double angle) {
  return std::cos(angle / 2) * Matrix::Identity(word.rows(), word.cols()) - i * std::sin(angle / 2) * word;
}

inline Matrix unitary(const Operation& operation, int qubits, double angle) {
  const Matrix one = Matrix::Identity(1 << qubits, 1 << qubits);
  const auto on = [&](char letter, int qubit) { return word_on(letter, qubit, qubits); };
  const int t = operation.target, c = operation.control;
  const std::string_view name = operation.gate->name;
  if (name == "h") return (on('X', t) + on('Z', t)) / std::numbers::sqrt2;
  if (name == "x") return on('X', t);
  if (name == "rx") return rotation(on('X', t), angle);
  if (name == "ry") return rotation(on('Y', t), angle);
  if (name == "rz") return rotation(on('Z', t), angle);
  if (name == "p") return std::exp(i * angle / 2.0) * rotation(on('Z', t), angle);
  if (name == "rzz") return rotation(on('Z', c) * on('Z', t), angle);
  const Matrix low = (one + on('Z', c)) / 2, high = (one - on('Z', c)) / 2;  // projectors of the control
  if (name == "cx") return low + high * on('X', t);
  if (name == "cz") return low + high * on('Z', t);
  if (name == "crz") return low + high * rotation(on('Z', t), angle);
  if (name == "cp") return low + high * std::exp(i * angle / 2.0) * rotation(on('Z', t), angle);
  if (name == "cry") return low + high * rotation(on('Y', t), angle);
  return Matrix();
}

inline Eigen::VectorXcd state(const Circuit& circuit, std::span<const double> inputs) {
  Eigen::VectorXcd psi = Eigen::VectorXcd::Zero(1 << circuit.qubits);
  psi(0) = 1;
  for (const Operation& operation : circuit.operations)
    psi = unitary(operation, circuit.qubits, operation.angle.at(inputs)) * psi;
  return psi;
}

}  // namespace qdose::dense
