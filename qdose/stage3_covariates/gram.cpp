#include "qdose/stage3_covariates/gram.hpp"

#include <algorithm>

#include "qdose/base/expects.hpp"
#include "qdose/num/blas.hpp"

namespace qdose {
namespace {

constexpr std::size_t tile =
    512;  // two megabytes of single-precision overlaps: they stay in the second-level cache

template <class T>
void squared_moduli(const std::complex<T>* overlaps, std::size_t count, T* out) {
  const T* parts = reinterpret_cast<const T*>(overlaps);  // std::complex guarantees this layout
#pragma omp simd
  for (std::size_t j = 0; j < count; ++j)
    out[j] = parts[2 * j] * parts[2 * j] + parts[2 * j + 1] * parts[2 * j + 1];
}

/// Copies rows [row, row+rows) x columns [column, column+columns) to their mirror image.
template <class T>
void mirror(std::vector<T>& gram, std::size_t n, std::size_t row, std::size_t rows, std::size_t column,
            std::size_t columns) {
  constexpr std::size_t patch = 16;  // a cache line each way
  for (std::size_t j0 = column; j0 < column + columns; j0 += patch)
    for (std::size_t i0 = row; i0 < row + rows; i0 += patch)
      for (std::size_t j = j0; j < std::min(j0 + patch, column + columns); ++j)
        for (std::size_t i = i0; i < std::min(i0 + patch, row + rows); ++i)
          if (j > i) gram[j * n + i] = gram[i * n + j];
}

}  // namespace

template <class T>
std::vector<T> fidelity_gram(const StateMatrix<T>& a, const StateMatrix<T>& b) {
  expects(a.dimension == b.dimension, "states of the same circuit");
  std::vector<T> gram(a.count * b.count);
  std::vector<std::complex<T>> overlaps(std::min(tile, a.count) * std::min(tile, b.count));
  for (std::size_t i = 0; i < a.count; i += tile)
    for (std::size_t j = 0; j < b.count; j += tile) {
      const std::size_t rows = std::min(tile, a.count - i), columns = std::min(tile, b.count - j);
      blas::overlaps(rows, columns, a.dimension, a.row(i), b.row(j), overlaps.data(), columns);
      for (std::size_t r = 0; r < rows; ++r)
        squared_moduli(overlaps.data() + r * columns, columns, gram.data() + (i + r) * b.count + j);
    }
  return gram;
}

template <class T>
std::vector<T> fidelity_gram(const StateMatrix<T>& a) {
  const std::size_t n = a.count;
  std::vector<T> gram(n * n);
  std::vector<std::complex<T>> overlaps(std::min(tile, n) * std::min(tile, n));
  for (std::size_t i = 0; i < n; i += tile)
    for (std::size_t j = i; j < n; j += tile) {
      const std::size_t rows = std::min(tile, n - i), columns = std::min(tile, n - j);
      if (i == j)
        blas::self_overlaps(rows, a.dimension, a.row(i), overlaps.data(), columns);
      else
        blas::overlaps(rows, columns, a.dimension, a.row(i), a.row(j), overlaps.data(), columns);
      for (std::size_t r = 0; r < rows; ++r)
        squared_moduli(overlaps.data() + r * columns, columns, gram.data() + (i + r) * n + j);
      mirror(gram, n, i, rows, j, columns);
    }
  return gram;
}

template std::vector<float> fidelity_gram(const StateMatrix<float>&, const StateMatrix<float>&);
template std::vector<double> fidelity_gram(const StateMatrix<double>&, const StateMatrix<double>&);
template std::vector<float> fidelity_gram(const StateMatrix<float>&);
template std::vector<double> fidelity_gram(const StateMatrix<double>&);

}  // namespace qdose
