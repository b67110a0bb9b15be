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

/// Row-major products of real matrices. gram: out[i][j] += sum_k a[k][i] a[k][j] for j >= i, a [n][m], out
/// [m][m].
void add_gram(std::size_t n, std::size_t m, const float* a, float* out);
void add_gram(std::size_t n, std::size_t m, const double* a, double* out);

/// out[i][j] += sum_k a[k][i] b[k][j]: a [n][m], b [n][columns], out [m][columns].
void add_transposed_product(std::size_t n, std::size_t m, std::size_t columns, const float* a, const float* b,
                            float* out);
void add_transposed_product(std::size_t n, std::size_t m, std::size_t columns, const double* a,
                            const double* b, double* out);

/// b := b R^-1 for b [n][m] and an upper triangular R [m][m].
void solve_upper_right(std::size_t n, std::size_t m, const float* upper, float* b);

}  // namespace qdose::blas
