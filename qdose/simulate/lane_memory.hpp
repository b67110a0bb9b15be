// Reading and writing Lanes as batches.
#pragma once
#include <array>
#include <cstddef>

#include "qdose/num/batch.hpp"
#include "qdose/num/dual.hpp"
#include "qdose/simulate/kernels.hpp"

namespace qdose {
/// Scratch of at least `size` elements (contents undefined); compiled once, for every instruction set.
Lanes* room(std::vector<Lanes>& memory, std::size_t size);
}  // namespace qdose

namespace qdose::QDOSE_ISA {

/// While it lives, numbers below 2e-308 count as 0: decays over many half-lives get there, and the processor
/// takes a hundred times longer for them. Within the life of another one it costs next to nothing.
class NoDenormals {
 public:
  NoDenormals() : before_(_mm_getcsr()) {
    if ((before_ & both) != both) _mm_setcsr(before_ | both);
  }
  ~NoDenormals() {
    if ((before_ & both) != both) _mm_setcsr(before_);
  }
  NoDenormals(const NoDenormals&) = delete;
  NoDenormals& operator=(const NoDenormals&) = delete;

 private:
  static constexpr unsigned both = 0x8000 | 0x0040;  // results to zero, operands as zero
  unsigned before_;
};

[[gnu::always_inline]] inline Batch load(const Lanes& m) { return Batch::load(m.v); }
/// The same, once: g++ would read memory again for each use, and loads are what such loops wait for.
[[gnu::always_inline]] inline Batch load_once(const Lanes& m) {
  Batch b = load(m);
  for (Real& r : b.r) asm("" : "+v"(r));
  return b;
}
[[gnu::always_inline]] inline void store(Lanes& m, const Batch& b) { b.store(m.v); }
[[gnu::always_inline]] inline void accumulate(Lanes& m, const Batch& b) { (load(m) + b).store(m.v); }

/// Where lane l of a row of its own lies in a table of `stride` Lanes a row: doubles from the table's start;
/// nothing where the row is negative.
struct LanePlaces {
  __m256i index;
  unsigned present;  ///< a bit a lane

  LanePlaces(const std::int32_t* row, std::size_t stride) {
    const __m256i rows = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(row));
    const __m256i width = _mm256_set1_epi32(static_cast<int>(stride * lanes));
    index = _mm256_add_epi32(_mm256_mullo_epi32(rows, width), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    present = ~static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(rows))) & 0xffu;
  }
};

/// Each lane from its own row, 0 where there is none; `table` begins with the wanted element of row 0.
[[gnu::always_inline]] inline Batch gather(const Lanes* table, const LanePlaces& at) {
  Batch b;
#ifdef __AVX512F__
  b.r[0] = (Real)_mm512_mask_i32gather_pd(_mm512_setzero_pd(), static_cast<__mmask8>(at.present), at.index,
                                          table->v, 8);
#else
  for (std::size_t i = 0; i < registers; ++i) {
    const __m128i index = i == 0 ? _mm256_castsi256_si128(at.index) : _mm256_extracti128_si256(at.index, 1);
    // An index is negative where its row is.
    const __m256i there = _mm256_cmpgt_epi64(_mm256_cvtepi32_epi64(index), _mm256_set1_epi64x(-1));
    b.r[i] =
        (Real)_mm256_mask_i32gather_pd(_mm256_setzero_pd(), table->v, index, _mm256_castsi256_pd(there), 8);
  }
#endif
  return b;
}

/// Adds x to each lane's own row; lanes do not meet.
[[gnu::always_inline]] inline void scatter_add(Lanes* table, const LanePlaces& at, const Batch& x) {
#ifdef __AVX512F__
  const Batch sum = gather(table, at) + x;
  _mm512_mask_i32scatter_pd(table->v, static_cast<__mmask8>(at.present), at.index, (__m512d)sum.r[0], 8);
#else
  Lanes added;
  store(added, x);
  alignas(32) std::int32_t index[lanes];
  _mm256_store_si256(reinterpret_cast<__m256i*>(index), at.index);
  for (std::size_t l = 0; l < lanes; ++l)
    if (at.present >> l & 1u) table->v[index[l]] += added.v[l];
#endif
}

template <std::size_t N>
[[gnu::always_inline]] inline std::array<Batch, N> load_all(const Lanes* m) {
  std::array<Batch, N> a;
  for (std::size_t i = 0; i < N; ++i) a[i] = load(m[i]);
  return a;
}

/// The parameters as independent variables first, first+1, ... of D.
template <class D, std::size_t N>
[[gnu::always_inline]] inline std::array<D, N> variables(const Lanes* m, std::size_t first = 0) {
  std::array<D, N> a;
  for (std::size_t i = 0; i < N; ++i) a[i] = D::variable(load(m[i]), first + i);
  return a;
}

}  // namespace qdose::QDOSE_ISA
