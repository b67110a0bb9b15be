#include "qdose/stage3_covariates/lanes.hpp"

#include <algorithm>
#include <numbers>

#define QDOSE_INLINE inline __attribute__((always_inline))
#define QDOSE_CLONES __attribute__((target_clones("arch=x86-64-v4", "default")))

namespace qdose::lanes {
namespace {

/// Sums and differences of two entries, `reals` numbers each.
template <class T>
QDOSE_INLINE void butterfly(T* __restrict zero, T* __restrict one, std::size_t reals) {
#pragma omp simd
  for (std::size_t l = 0; l < reals; ++l) {
    const T sum = zero[l] + one[l];
    one[l] = zero[l] - one[l];
    zero[l] = sum;
  }
}

/// Two bits at once: half the traffic.
template <class T>
QDOSE_INLINE void butterfly(T* __restrict a, T* __restrict b, T* __restrict c, T* __restrict d,
                            std::size_t reals) {
#pragma omp simd
  for (std::size_t l = 0; l < reals; ++l) {
    const T ab = a[l] + b[l], a_b = a[l] - b[l], cd = c[l] + d[l], c_d = c[l] - d[l];
    a[l] = ab + cd, b[l] = a_b + c_d, c[l] = ab - cd, d[l] = a_b - c_d;
  }
}

/// Butterflies on the bits of `mask`; an entry is `reals` numbers.
template <class T, std::size_t reals>
QDOSE_INLINE void transform(T* values, int qubits, std::size_t mask) {
  const std::size_t size = std::size_t{1} << qubits;
  for (int q = 0; q < qubits; ++q) {
    if (((mask >> q) & 1) == 0) continue;
    const std::size_t step = std::size_t{1} << q;
    if (((mask >> (q + 1)) & 1) != 0 && q + 1 < qubits) {
      for (std::size_t block = 0; block < size; block += 4 * step)
        for (std::size_t k = block; k < block + step; ++k)
          butterfly(values + k * reals, values + (k + step) * reals, values + (k + 2 * step) * reals,
                    values + (k + 3 * step) * reals, reals);
      ++q;
    } else {
      for (std::size_t block = 0; block < size; block += 2 * step)
        for (std::size_t k = block; k < block + step; ++k)
          butterfly(values + k * reals, values + (k + step) * reals, reals);
    }
  }
}

/// Taylor series on |x| <= pi/4; the error stays below the rounding of T.
QDOSE_INLINE float sine(float x, float s) {
  return x + x * s * (-1.f / 6 + s * (1.f / 120 + s * (-1.f / 5040 + s * (1.f / 362880))));
}
QDOSE_INLINE float cosine(float s) {
  return 1 + s * (-0.5f + s * (1.f / 24 + s * (-1.f / 720 + s * (1.f / 40320 - s * (1.f / 3628800)))));
}
QDOSE_INLINE double sine(double x, double s) {
  return x + x * s *
                 (-1. / 6 +
                  s * (1. / 120 +
                       s * (-1. / 5040 +
                            s * (1. / 362880 + s * (-1. / 39916800 +
                                                    s * (1. / 6227020800. - s * (1. / 1307674368000.)))))));
}
QDOSE_INLINE double cosine(double s) {
  return 1 +
         s * (-0.5 + s * (1. / 24 +
                          s * (-1. / 720 + s * (1. / 40320 + s * (-1. / 3628800 +
                                                                  s * (1. / 479001600 +
                                                                       s * (-1. / 87178291200. +
                                                                            s * (1. / 20922789888000.))))))));
}

template <class T>
QDOSE_INLINE void phases(const Turns<T>* turns, std::size_t count, Complex<T>* out) {
  using U = Fraction<T>;
  using S = std::make_signed_t<U>;
  constexpr int bits = 8 * sizeof(U);
  constexpr T radians = static_cast<T>(2 * std::numbers::pi / (static_cast<double>(U{1} << (bits - 1)) * 2));
  for (std::size_t k = 0; k < count; ++k) {
#pragma omp simd
    for (std::size_t l = 0; l < width<T>; ++l) {
      const U u = turns[k].at[l], quadrant = (u + (U{1} << (bits - 3))) >> (bits - 2);
      const T x = static_cast<T>(static_cast<S>(u - (quadrant << (bits - 2)))) * radians;
      const T s = sine(x, x * x), c = cosine(x * x);
      const bool odd = (quadrant & 1) != 0;
      const T re = odd ? s : c, im = odd ? c : s;
      out[k].re[l] = ((quadrant + 1) & 2) != 0 ? -re : re;
      out[k].im[l] = (quadrant & 2) != 0 ? -im : im;
    }
  }
}

template <class T>
QDOSE_INLINE void times(Complex<T>* __restrict state, const Complex<T>* __restrict factors,
                        std::size_t count) {
  for (std::size_t k = 0; k < count; ++k) {
#pragma omp simd
    for (std::size_t l = 0; l < width<T>; ++l) {
      const T re = state[k].re[l] * factors[k].re[l] - state[k].im[l] * factors[k].im[l];
      state[k].im[l] = state[k].re[l] * factors[k].im[l] + state[k].im[l] * factors[k].re[l];
      state[k].re[l] = re;
    }
  }
}

template <class T>
QDOSE_INLINE void mix_real(Complex<T>& __restrict zero, Complex<T>& __restrict one, const Matrix<T>& m) {
#pragma omp simd
  for (std::size_t l = 0; l < width<T>; ++l) {
    const T r0 = zero.re[l], i0 = zero.im[l], r1 = one.re[l], i1 = one.im[l];
    zero.re[l] = m.a.re[l] * r0 + m.b.re[l] * r1;
    zero.im[l] = m.a.re[l] * i0 + m.b.re[l] * i1;
    one.re[l] = m.c.re[l] * r0 + m.d.re[l] * r1;
    one.im[l] = m.c.re[l] * i0 + m.d.re[l] * i1;
  }
}

template <class T>
QDOSE_INLINE void mix(Complex<T>& __restrict zero, Complex<T>& __restrict one, const Matrix<T>& m) {
#pragma omp simd
  for (std::size_t l = 0; l < width<T>; ++l) {
    const T r0 = zero.re[l], i0 = zero.im[l], r1 = one.re[l], i1 = one.im[l];
    zero.re[l] = m.a.re[l] * r0 - m.a.im[l] * i0 + m.b.re[l] * r1 - m.b.im[l] * i1;
    zero.im[l] = m.a.re[l] * i0 + m.a.im[l] * r0 + m.b.re[l] * i1 + m.b.im[l] * r1;
    one.re[l] = m.c.re[l] * r0 - m.c.im[l] * i0 + m.d.re[l] * r1 - m.d.im[l] * i1;
    one.im[l] = m.c.re[l] * i0 + m.c.im[l] * r0 + m.d.re[l] * i1 + m.d.im[l] * r1;
  }
}

template <class T>
QDOSE_INLINE void act_on(Complex<T>* state, int qubits, const Matrix<T>& m, int target, int control,
                         std::size_t value) {
  const std::size_t size = std::size_t{1} << qubits, stride = std::size_t{1} << target;
  for (std::size_t block = 0; block < size; block += 2 * stride)
    for (std::size_t k = block; k < block + stride; ++k) {
      if (control >= 0 && ((k >> control) & 1) != value) continue;
      if (m.real)
        mix_real(state[k], state[k + stride], m);
      else
        mix(state[k], state[k + stride], m);
    }
}

/// In patches of a cache line of output.
template <class T>
QDOSE_INLINE void transpose(const Complex<T>* state, std::size_t count, std::size_t used,
                            std::complex<T>* out) {
  constexpr std::size_t patch = 64 / sizeof(std::complex<T>);
  T* parts = reinterpret_cast<T*>(out);  // std::complex guarantees this layout
  for (std::size_t first = 0; first < count; first += patch) {
    const std::size_t end = std::min(first + patch, count);
    for (std::size_t l = 0; l < used; ++l)
      for (std::size_t k = first; k < end; ++k) {
        parts[2 * (l * count + k)] = state[k].re[l];
        parts[2 * (l * count + k) + 1] = state[k].im[l];
      }
  }
}

}  // namespace

#define QDOSE_LANE_FUNCTIONS(T)                                                                     \
  QDOSE_CLONES void walsh(Turns<T>* values, int qubits) {                                           \
    transform<Fraction<T>, width<T>>(values->at, qubits, ~std::size_t{0});                          \
  }                                                                                                 \
  QDOSE_CLONES void hadamards(Complex<T>* state, int qubits, std::size_t mask) {                    \
    transform<T, 2 * width<T>>(state->re, qubits, mask);                                            \
  }                                                                                                 \
  QDOSE_CLONES void unit_phases(const Turns<T>* turns, std::size_t count, Complex<T>* out) {        \
    phases(turns, count, out);                                                                      \
  }                                                                                                 \
  QDOSE_CLONES void multiply(Complex<T>* state, const Complex<T>* factors, std::size_t count) {     \
    times(state, factors, count);                                                                   \
  }                                                                                                 \
  QDOSE_CLONES void act(Complex<T>* state, int qubits, const Matrix<T>& m, int target, int control, \
                        std::size_t value) {                                                        \
    act_on(state, qubits, m, target, control, value);                                               \
  }                                                                                                 \
  QDOSE_CLONES void store(const Complex<T>* state, std::size_t count, std::size_t used,             \
                          std::complex<T>* out) {                                                   \
    transpose(state, count, used, out);                                                             \
  }

QDOSE_LANE_FUNCTIONS(float)
QDOSE_LANE_FUNCTIONS(double)

}  // namespace qdose::lanes
