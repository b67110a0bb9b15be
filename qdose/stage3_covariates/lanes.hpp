// The inner loops of the simulator: several inputs side by side, one a SIMD lane. Compiled for AVX2 and
// AVX-512; the program picks when it starts.
#pragma once
#include <complex>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace qdose::lanes {

/// Inputs simulated together: one AVX-512 register of them, two AVX2 registers.
template <class T>
inline constexpr std::size_t width = 64 / sizeof(T);

/// One complex number a lane.
template <class T>
struct alignas(64) Complex {
  T re[width<T>], im[width<T>];
};

/// An angle in units of a full turn, as a binary fraction: sums wrap around by themselves, so that large
/// angles cost no precision. Rounding: 2^-32 or 2^-64 turns.
template <class T>
using Fraction = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
template <class T>
struct alignas(64) Turns {
  Fraction<T> at[width<T>];
};

/// A 2x2 matrix a lane, and whether all of its entries are real.
template <class T>
struct Matrix {
  Complex<T> a, b, c, d;
  bool real = false;
};

// Each function exists for T = float and double. `state` has 2^qubits entries.

/// values[k] becomes the sum over j of (-1)^(ones in j & k) values[j].
void walsh(Turns<float>* values, int qubits);
void walsh(Turns<double>* values, int qubits);

/// sqrt(2) H on every qubit whose bit of `mask` is set.
void hadamards(Complex<float>* state, int qubits, std::size_t mask);
void hadamards(Complex<double>* state, int qubits, std::size_t mask);

/// out[k] = exp(2 pi i turns[k]); error below 2e-7 or 4e-16.
void unit_phases(const Turns<float>* turns, std::size_t count, Complex<float>* out);
void unit_phases(const Turns<double>* turns, std::size_t count, Complex<double>* out);

void multiply(Complex<float>* state, const Complex<float>* factors, std::size_t count);
void multiply(Complex<double>* state, const Complex<double>* factors, std::size_t count);

/// Acts on every pair of basis states that differ in `target`; with `control` >= 0 on those where that bit is
/// `value`.
void act(Complex<float>* state, int qubits, const Matrix<float>& m, int target, int control = -1,
         std::size_t value = 1);
void act(Complex<double>* state, int qubits, const Matrix<double>& m, int target, int control = -1,
         std::size_t value = 1);

/// out[lane * count + k] = state[k] of the lane, for the first `used` lanes.
void store(const Complex<float>* state, std::size_t count, std::size_t used, std::complex<float>* out);
void store(const Complex<double>* state, std::size_t count, std::size_t used, std::complex<double>* out);

}  // namespace qdose::lanes
