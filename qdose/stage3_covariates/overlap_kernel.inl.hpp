// The innermost loop of fidelity Gram matrices: compiled once an instruction set by overlap_avx2.cpp and
// overlap_avx512.cpp, which define QDOSE_ISA, Vector (floats in a register) and `rows` (as many as fit the
// registers).
//
// <a|b> by three real products instead of four: with p = ar.br, q = ai.bi and r = (ar + ai).(br - bi) its
// real part is p + q and its imaginary part r - p + q.
#include "qdose/stage3_covariates/overlap_kernel.hpp"

namespace qdose::QDOSE_ISA {

constexpr std::size_t lanes = sizeof(Vector) / sizeof(float), vectors = 2, columns = vectors * lanes;
constexpr std::size_t step = overlap::planes * overlap::panel;  // floats a depth

/// Rows a .. a + rows of one panel against `columns` states of another over `depth` amplitudes. Sums continue
/// those in `sums` unless `first`; the `last` part writes |<a|b>|^2 to out[row * stride + column] instead of
/// `sums`.
static void block(const float* a, const float* b, std::size_t depth, bool first, bool last, float* sums,
                  float* out, std::size_t stride) {
  Vector p[rows][vectors], q[rows][vectors], r[rows][vectors];
#pragma GCC unroll 8
  for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 2
    for (std::size_t v = 0; v < vectors; ++v) {
      const float* from = sums + (i * vectors + v) * 3 * lanes;
      p[i][v] = first ? Vector{} : *reinterpret_cast<const Vector*>(from);
      q[i][v] = first ? Vector{} : *reinterpret_cast<const Vector*>(from + lanes);
      r[i][v] = first ? Vector{} : *reinterpret_cast<const Vector*>(from + 2 * lanes);
    }
  for (std::size_t k = 0; k < depth; ++k, a += step, b += step) {
    Vector re[vectors], im[vectors], difference[vectors];
#pragma GCC unroll 2
    for (std::size_t v = 0; v < vectors; ++v) {
      re[v] = *reinterpret_cast<const Vector*>(b + overlap::re * overlap::panel + v * lanes);
      im[v] = *reinterpret_cast<const Vector*>(b + overlap::im * overlap::panel + v * lanes);
      difference[v] = *reinterpret_cast<const Vector*>(b + overlap::difference * overlap::panel + v * lanes);
    }
#pragma GCC unroll 8
    for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 2
      for (std::size_t v = 0; v < vectors; ++v) {
        p[i][v] += a[overlap::re * overlap::panel + i] * re[v];
        q[i][v] += a[overlap::im * overlap::panel + i] * im[v];
        r[i][v] += a[overlap::sum * overlap::panel + i] * difference[v];
      }
  }
#pragma GCC unroll 8
  for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 2
    for (std::size_t v = 0; v < vectors; ++v) {
      if (last) {
        const Vector real = p[i][v] + q[i][v], imaginary = r[i][v] - p[i][v] + q[i][v];
        const Vector square = real * real + imaginary * imaginary;
        __builtin_memcpy(out + i * stride + v * lanes, &square, sizeof(square));
      } else {
        float* to = sums + (i * vectors + v) * 3 * lanes;
        *reinterpret_cast<Vector*>(to) = p[i][v];
        *reinterpret_cast<Vector*>(to + lanes) = q[i][v];
        *reinterpret_cast<Vector*>(to + 2 * lanes) = r[i][v];
      }
    }
}

void fidelities(const float* a, std::size_t a_panels, const float* b, std::size_t b_panels,
                std::size_t dimension, float* sums, float* out, std::size_t stride) {
  constexpr std::size_t part = 64;  // amplitudes: a panel of B then stays in the first-level cache
  const std::size_t panel_size = dimension * step;
  for (std::size_t k = 0; k < dimension; k += part) {
    const std::size_t depth = dimension - k < part ? dimension - k : part;
    float* partial = sums;
    for (std::size_t pb = 0; pb < b_panels; ++pb)
      for (std::size_t pa = 0; pa < a_panels; ++pa)
        for (std::size_t i = 0; i < overlap::panel; i += rows)
          for (std::size_t j = 0; j < overlap::panel; j += columns, partial += 3 * rows * columns)
            block(a + pa * panel_size + k * step + i, b + pb * panel_size + k * step + j, depth, k == 0,
                  k + depth == dimension, partial,
                  out + (pa * overlap::panel + i) * stride + pb * overlap::panel + j, stride);
  }
}

}  // namespace qdose::QDOSE_ISA
