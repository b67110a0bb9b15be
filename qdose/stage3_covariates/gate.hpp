// The gates that circuits are made of, as one table: adding a gate is adding a row.
#pragma once
#include <array>
#include <cmath>
#include <complex>
#include <numbers>
#include <string_view>

namespace qdose {

/// A 2x2 matrix (a b; c d) that acts on the amplitudes of |0> and |1> of one qubit.
struct QubitMatrix {
  std::complex<double> a, b, c, d;
};

/// A unitary of one qubit, or of two in the block form |0><0| x off + |1><1| x on: the first qubit (the
/// control) chooses the matrix for the second (the target). Every two-qubit gate used here has that form, RZZ
/// included.
struct Gate {
  std::string_view name;  ///< as in OpenQASM 3
  int qubits;
  bool has_angle;
  QubitMatrix (*on)(double angle);             ///< one qubit: the matrix itself
  QubitMatrix (*off)(double angle) = nullptr;  ///< two qubits: while the control is |0>
  std::string_view qasm_definition = {};       ///< where stdgates.inc lacks the gate
};

namespace gates {
using std::numbers::sqrt2;
inline constexpr std::complex<double> i{0, 1};

inline QubitMatrix identity(double) { return {1, 0, 0, 1}; }
inline QubitMatrix x(double) { return {0, 1, 1, 0}; }
inline QubitMatrix z(double) { return {1, 0, 0, -1}; }
inline QubitMatrix h(double) { return {1 / sqrt2, 1 / sqrt2, 1 / sqrt2, -1 / sqrt2}; }
inline QubitMatrix rx(double t) { return {cos(t / 2), -i * sin(t / 2), -i * sin(t / 2), cos(t / 2)}; }
inline QubitMatrix ry(double t) { return {cos(t / 2), -sin(t / 2), sin(t / 2), cos(t / 2)}; }
inline QubitMatrix rz(double t) { return {{cos(t / 2), -sin(t / 2)}, 0, 0, {cos(t / 2), sin(t / 2)}}; }
inline QubitMatrix p(double t) { return {1, 0, 0, {cos(t), sin(t)}}; }
inline QubitMatrix rz_back(double t) { return rz(-t); }

inline constexpr std::array table{
    Gate{"h", 1, false, h},
    Gate{"x", 1, false, x},
    Gate{"rx", 1, true, rx},
    Gate{"ry", 1, true, ry},
    Gate{"rz", 1, true, rz},
    Gate{"p", 1, true, p},
    Gate{"cx", 2, false, x, identity},
    Gate{"cz", 2, false, z, identity},
    Gate{"crz", 2, true, rz, identity},
    Gate{"cp", 2, true, p, identity},
    Gate{"cry", 2, true, ry, identity},
    Gate{"rzz", 2, true, rz_back, rz, "gate rzz(t) a, b { cx a, b; rz(t) b; cx a, b; }"},
};
}  // namespace gates

/// The gate of that name; an unknown name is a compile-time error.
consteval const Gate* gate(std::string_view name) {
  for (const Gate& row : gates::table)
    if (row.name == name) return &row;
  throw "no such gate in the table";
}

}  // namespace qdose
