#include "qdose/stage3_covariates/gram.hpp"

#include <algorithm>
#include <cstring>

#include "qdose/base/expects.hpp"
#include "qdose/base/threads.hpp"
#include "qdose/num/blas.hpp"
#include "qdose/stage3_covariates/packed_states.hpp"

namespace qdose {
namespace {

constexpr std::size_t tile = 256;  // rows and columns: 8 panels, a quarter megabyte of single precision

/// States as the tiles of a precision want them, and how a tile is filled: out[i * tile + j].
template <class T>
struct TileSource;

template <>
struct TileSource<float> {
  explicit TileSource(const StateMatrix<float>& s) : packed(s.amplitudes.data(), s.count, s.dimension) {}
  PackedStates packed;

  struct Worker {
    OverlapTile kernel{tile / overlap::panel, tile / overlap::panel};
    void fill(const TileSource& a, std::size_t i, std::size_t rows, const TileSource& b, std::size_t j,
              std::size_t columns, float* out) {
      const auto panels = [](std::size_t n) { return (n + overlap::panel - 1) / overlap::panel; };
      kernel.fill(a.packed, i / overlap::panel, panels(rows), b.packed, j / overlap::panel, panels(columns),
                  out, tile);
    }
  };
};

template <>
struct TileSource<double> {
  explicit TileSource(const StateMatrix<double>& s) : states(s) {}
  const StateMatrix<double>& states;

  struct Worker {
    std::vector<std::complex<double>> overlaps = std::vector<std::complex<double>>(tile * tile);
    void fill(const TileSource& a, std::size_t i, std::size_t rows, const TileSource& b, std::size_t j,
              std::size_t columns, double* out) {
      blas::overlaps(rows, columns, a.states.dimension, a.states.row(i), b.states.row(j), overlaps.data(),
                     tile);
      const double* parts =
          reinterpret_cast<const double*>(overlaps.data());  // std::complex guarantees this layout
#pragma omp simd
      for (std::size_t k = 0; k < rows * tile; ++k)
        out[k] = parts[2 * k] * parts[2 * k] + parts[2 * k + 1] * parts[2 * k + 1];
    }
  };
};

/// to[j * stride + i] = from[i * tile + j].
template <class T>
void transpose(const T* from, std::size_t rows, std::size_t columns, T* to, std::size_t stride) {
  constexpr std::size_t patch = 16;  // whole cache lines of output
  T square[patch][patch];
  for (std::size_t j = 0; j < columns; j += patch)
    for (std::size_t i = 0; i < rows; i += patch) {
      for (std::size_t r = 0; r < patch; ++r)
        for (std::size_t c = 0; c < patch; ++c) square[c][r] = from[(i + r) * tile + j + c];
      const std::size_t width = std::min(patch, rows - i);
      for (std::size_t c = 0; c < std::min(patch, columns - j); ++c)
        std::memcpy(to + (j + c) * stride + i, square[c], width * sizeof(T));
    }
}

/// Fills every tile (of the upper triangle when `symmetric`, mirrored), spread over threads by rows of tiles.
template <class T>
void fill_tiles(const TileSource<T>& a, std::size_t rows, const TileSource<T>& b, std::size_t columns,
                bool symmetric, T* out, int threads) {
  parallel_for((rows + tile - 1) / tile, threads, [&](std::size_t index) {
    typename TileSource<T>::Worker worker;
    std::vector<T> square(tile * tile);
    const std::size_t i = index * tile, height = std::min(tile, rows - i);
    for (std::size_t j = symmetric ? i : 0; j < columns; j += tile) {
      const std::size_t width = std::min(tile, columns - j);
      worker.fill(a, i, height, b, j, width, square.data());
      for (std::size_t r = 0; r < height; ++r)
        std::memcpy(out + (i + r) * columns + j, square.data() + r * tile, width * sizeof(T));
      if (symmetric && j != i) transpose(square.data(), height, width, out + j * columns + i, columns);
    }
  });
}

}  // namespace

template <class T>
std::vector<T> fidelity_gram(const StateMatrix<T>& a, const StateMatrix<T>& b, int threads) {
  expects(a.dimension == b.dimension, "states of the same circuit");
  std::vector<T> gram(a.count * b.count);
  fill_tiles(TileSource<T>(a), a.count, TileSource<T>(b), b.count, false, gram.data(), threads);
  return gram;
}

template <class T>
void fidelity_gram(const StateMatrix<T>& a, T* out, int threads) {
  const TileSource<T> source(a);
  fill_tiles(source, a.count, source, a.count, true, out, threads);
}

template <class T>
std::vector<T> fidelity_gram(const StateMatrix<T>& a, int threads) {
  std::vector<T> gram(a.count * a.count);
  fidelity_gram(a, gram.data(), threads);
  return gram;
}

template std::vector<float> fidelity_gram(const StateMatrix<float>&, const StateMatrix<float>&, int);
template std::vector<double> fidelity_gram(const StateMatrix<double>&, const StateMatrix<double>&, int);
template std::vector<float> fidelity_gram(const StateMatrix<float>&, int);
template std::vector<double> fidelity_gram(const StateMatrix<double>&, int);
template void fidelity_gram(const StateMatrix<float>&, float*, int);
template void fidelity_gram(const StateMatrix<double>&, double*, int);

}  // namespace qdose
