// Exact simulation of a circuit for many inputs at once: the inputs lie side by side in the lanes of the SIMD
// unit.
#pragma once
#include <complex>
#include <cstddef>
#include <span>
#include <vector>

#include "qdose/stage3_covariates/circuit.hpp"

namespace qdose {

/// States of N inputs, row-major [count][dimension], dimension = 2^qubits. T is float or double.
template <class T>
struct StateMatrix {
  std::size_t count = 0, dimension = 0;
  std::vector<std::complex<T>> amplitudes;
  const std::complex<T>* row(std::size_t i) const { return amplitudes.data() + i * dimension; }
};

/// The final state of `circuit` for each row of `inputs`, row-major [count][circuit.features]. The error of
/// an amplitude is below 1e-14 (double) or 1e-6 (float) for circuits of a hundred gates. The result does not
/// depend on `threads`.
template <class T>
StateMatrix<T> run_circuit(const Circuit& circuit, std::span<const double> inputs, std::size_t count,
                           int threads = 1);

/// The same into memory of the caller, row-major [count][2^qubits].
template <class T>
void run_circuit(const Circuit& circuit, std::span<const double> inputs, std::size_t count,
                 std::complex<T>* out, int threads = 1);

extern template StateMatrix<float> run_circuit(const Circuit&, std::span<const double>, std::size_t, int);
extern template StateMatrix<double> run_circuit(const Circuit&, std::span<const double>, std::size_t, int);
extern template void run_circuit(const Circuit&, std::span<const double>, std::size_t, std::complex<float>*,
                                 int);
extern template void run_circuit(const Circuit&, std::span<const double>, std::size_t, std::complex<double>*,
                                 int);

}  // namespace qdose
