// Eight independent lanes of a real number, advanced by the same instructions: one AVX-512 register or two
// AVX2 ones. The type lives in a namespace named after the instruction set, so that code compiled for both
// never mixes.
#pragma once
#include <immintrin.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "qdose/num/math.hpp"

#ifndef QDOSE_ISA
#define QDOSE_ISA avx2
#endif

namespace qdose::QDOSE_ISA {

#ifdef __AVX512F__
inline constexpr std::size_t registers = 1;
typedef double Real __attribute__((vector_size(64)));
typedef std::int64_t Integer __attribute__((vector_size(64)));
typedef std::uint64_t Bits __attribute__((vector_size(64)));
// The masked form: g++ 12 warns of an uninitialized operand inside its own _mm512_sqrt_pd.
[[gnu::always_inline]] inline Real root(Real x) { return (Real)_mm512_maskz_sqrt_pd(0xff, (__m512d)x); }
#else
inline constexpr std::size_t registers = 2;
typedef double Real __attribute__((vector_size(32)));
typedef std::int64_t Integer __attribute__((vector_size(32)));
typedef std::uint64_t Bits __attribute__((vector_size(32)));
[[gnu::always_inline]] inline Real root(Real x) { return (Real)_mm256_sqrt_pd((__m256d)x); }
#endif

[[gnu::always_inline]] inline Real broadcast(double x) { return Real{} + x; }

/// Polynomial for exp on |r| <= ln(2)/2, relative error 2.2e-16: the minimax one of degree 10 (Remez).
[[gnu::always_inline]] inline Real exp_near_zero(Real r) {
  constexpr double c[] = {2.76397681963918e-06,   2.4801917684400057e-05,
                          0.00019841171384368868, 0.0013888888499142226,
                          0.008333333384665674,   0.041666666668426,
                          0.16666666666557742,    0.49999999999997286,
                          1.0000000000000064,     1.0};
  Real p = broadcast(2.7488444622454533e-07);
  for (double a : c) p = p * r + a;
  return p;
}

/// exp of one register; relative error below 2.5 eps on [-708, 709]. Below, 0 or close to it; above, a number
/// of 1e307 or more.
[[gnu::always_inline]] inline Real exp_register(Real x) {
  constexpr double high = 6.93147180369123816490e-01, low = 1.90821492927058770002e-10;  // ln 2
#ifdef __AVX512F__
  // The masked forms: g++ 12 warns of an uninitialized operand inside the plain ones. max keeps a NaN.
  const Real y = (Real)_mm512_maskz_max_pd(0xff, (__m512d)broadcast(-1000.0), (__m512d)x);
  const Real k = (Real)_mm512_maskz_roundscale_pd(0xff, (__m512d)(y * 1.4426950408889634074), 0x08);
  Real r = y - k * high;
  r = r - k * low;
  return (Real)_mm512_maskz_scalef_pd(0xff, (__m512d)exp_near_zero(r), (__m512d)k);
#else
  Real y = x < -708.0 ? broadcast(-708.0) : x;
  y = y > 709.0 ? broadcast(709.0) : y;
  constexpr double magic = 6755399441055744.0;
  const Real shifted = y * 1.4426950408889634074 + magic, k = shifted - magic;
  Real r = y - k * high;
  r = r - k * low;
  const Integer scale = (std::bit_cast<Integer>(shifted) + 1023) << 52;
  return exp_near_zero(r) * std::bit_cast<Real>(scale);
#endif
}

/// 1/x of one register; relative error below 1 eps for 1e-300 < |x| < 1e300.
[[gnu::always_inline]] inline Real reciprocal_register(Real x) {
#ifdef __AVX512F__
  // Two steps of Newton from 14 bits cost half of a division.
  Real y = (Real)_mm512_maskz_rcp14_pd(0xff, (__m512d)x);
  y = y + y * (1.0 - x * y);
  return y + y * (1.0 - x * y);
#else
  return 1.0 / x;
#endif
}

/// a/b of one register; relative error below 1.5 eps for 1e-300 < |b| < 1e300.
[[gnu::always_inline]] inline Real quotient_register(Real a, Real b) {
#ifdef __AVX512F__
  return a * reciprocal_register(b);
#else
  return a / b;
#endif
}

/// ln of one register; relative error below 2 eps for normal x > 0, -infinity at 0, NaN below.
[[gnu::always_inline]] inline Real log_register(Real x) {
  const Bits bits = std::bit_cast<Bits>(x);
  const Bits k = (bits - 0x3fe6a09e667f3bcdull + 0x3ff0000000000000ull) >> 52;
  const Real m = std::bit_cast<Real>(bits - ((k - 1023ull) << 52));
  const Real s = (m - 1.0) / (m + 1.0), s2 = s * s;
  const Real exponent = std::bit_cast<Real>(k | 0x4330000000000000ull) - (4503599627370496.0 + 1023.0);
  Real p = broadcast(1.0 / 21);
  constexpr double c[] = {1 / 19., 1 / 17., 1 / 15., 1 / 13., 1 / 11., 1 / 9., 1 / 7., 1 / 5., 1 / 3.};
  for (double a : c) p = p * s2 + a;
  const Real y = exponent * 6.93147180369123816490e-01 +
                 (2.0 * s + (2.0 * s * s2 * p + exponent * 1.90821492927058770002e-10));
  const Real not_positive = x < 0.0 ? broadcast(std::numeric_limits<double>::quiet_NaN())
                                    : broadcast(-std::numeric_limits<double>::infinity());
  return x > 0.0 ? y : (x == x ? not_positive : x);
}

/// Lane-wise truth values.
struct Mask {
  Integer r[registers];
  [[gnu::always_inline]] bool any() const {
    int bits = 0;
#ifdef __AVX512F__
    bits = _mm512_movepi64_mask((__m512i)r[0]);
#else
    for (const Integer& e : r) bits |= _mm256_movemask_pd((__m256d)e);
#endif
    return bits != 0;
  }
};

[[gnu::always_inline]] inline bool any(const Mask& m) { return m.any(); }

struct Batch {
  Real r[registers];

  Batch() = default;  // not set; Batch{} is 0
  [[gnu::always_inline]] Batch(double x) {
    for (Real& e : r) e = broadcast(x);
  }
  /// Result of `f(register index)` for each register.
  template <class F>
  [[gnu::always_inline]] static Batch each(F f) {
    Batch b;
    for (std::size_t i = 0; i < registers; ++i) b.r[i] = f(i);
    return b;
  }
  /// From and to 64-byte aligned memory of eight doubles.
  [[gnu::always_inline]] static Batch load(const double* p) {
    return each([&](std::size_t i) { return *reinterpret_cast<const Real*>(p + i * sizeof(Real) / 8); });
  }
  [[gnu::always_inline]] void store(double* p) const {
    for (std::size_t i = 0; i < registers; ++i) *reinterpret_cast<Real*>(p + i * sizeof(Real) / 8) = r[i];
  }
  double lane(std::size_t i) const { return r[i / (sizeof(Real) / 8)][i % (sizeof(Real) / 8)]; }
  void set_lane(std::size_t i, double x) { r[i / (sizeof(Real) / 8)][i % (sizeof(Real) / 8)] = x; }

#define QDOSE_BATCH_OP(op)                                                          \
  [[gnu::always_inline]] friend Batch operator op(const Batch& a, const Batch& b) { \
    return each([&](std::size_t i) { return a.r[i] op b.r[i]; });                   \
  }
  // clang-format off
  QDOSE_BATCH_OP(+) QDOSE_BATCH_OP(-) QDOSE_BATCH_OP(*)
  // clang-format on
#undef QDOSE_BATCH_OP
      [[gnu::always_inline]] friend Batch
      operator/(const Batch& a, const Batch& b) {
    return each([&](std::size_t i) { return quotient_register(a.r[i], b.r[i]); });
  }
#define QDOSE_BATCH_COMPARE(op)                                                    \
  [[gnu::always_inline]] friend Mask operator op(const Batch& a, const Batch& b) { \
    Mask m;                                                                        \
    for (std::size_t i = 0; i < registers; ++i) m.r[i] = a.r[i] op b.r[i];         \
    return m;                                                                      \
  }
  // clang-format off
  QDOSE_BATCH_COMPARE(<) QDOSE_BATCH_COMPARE(>)
  // clang-format on
#undef QDOSE_BATCH_COMPARE
      [[gnu::always_inline]] friend Batch
      operator-(const Batch& a) {
    return each([&](std::size_t i) { return Real(-a.r[i]); });
  }
  [[gnu::always_inline]] Batch& operator+=(const Batch& b) { return *this = *this + b; }
  [[gnu::always_inline]] friend Batch select(const Mask& m, const Batch& a, const Batch& b) {
    return each([&](std::size_t i) { return m.r[i] ? a.r[i] : b.r[i]; });
  }
  [[gnu::always_inline]] friend Batch exp(const Batch& a) {
    return each([&](std::size_t i) { return exp_register(a.r[i]); });
  }
  [[gnu::always_inline]] friend Batch log(const Batch& a) {
    return each([&](std::size_t i) { return log_register(a.r[i]); });
  }
  [[gnu::always_inline]] friend Batch reciprocal(const Batch& a) {
    return each([&](std::size_t i) { return reciprocal_register(a.r[i]); });
  }
  [[gnu::always_inline]] friend Batch sqrt(const Batch& a) {
    return each([&](std::size_t i) { return root(a.r[i]); });
  }
  [[gnu::always_inline]] friend Batch value_of(const Batch& a) { return a; }
};

}  // namespace qdose::QDOSE_ISA

namespace qdose {
using QDOSE_ISA::Batch;
using QDOSE_ISA::Mask;
}  // namespace qdose
