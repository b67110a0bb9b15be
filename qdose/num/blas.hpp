// The few BLAS calls that qdose makes, typed; cblas.h stays in blas.cpp.
#pragma once
#include <complex>
#include <cstddef>

namespace qdose::blas {

/// out[i][j] = sum_k a[i][k] conj(b[j][k]): overlaps of the rows of a [n][depth] and b [m][depth], all
/// row-major; `out` has rows of `stride` >= m entries.
void overlaps(std::size_t n, std::size_t m, std::size_t depth, const std::complex<float>* a,
              const std::complex<float>* b, std::complex<float>* out, std::size_t stride);
void overlaps(std::size_t n, std::size_t m, std::size_t depth, const std::complex<double>* a,
              const std::complex<double>* b, std::complex<double>* out, std::size_t stride);

/// The same with b = a (Hermitian rank-k update): only entries j >= i are written, for half the work.
void self_overlaps(std::size_t n, std::size_t depth, const std::complex<float>* a, std::complex<float>* out,
                   std::size_t stride);
void self_overlaps(std::size_t n, std::size_t depth, const std::complex<double>* a, std::complex<double>* out,
                   std::size_t stride);

}  // namespace qdose::blas
