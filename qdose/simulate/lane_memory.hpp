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
/// takes a hundred times longer for them.
class NoDenormals {
 public:
  NoDenormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ | flush_to_zero | zero_for_denormal); }
  ~NoDenormals() { _mm_setcsr(before_); }
  NoDenormals(const NoDenormals&) = delete;
  NoDenormals& operator=(const NoDenormals&) = delete;

 private:
  static constexpr unsigned flush_to_zero = 0x8000, zero_for_denormal = 0x0040;
  unsigned before_;
};

[[gnu::always_inline]] inline Batch load(const Lanes& m) { return Batch::load(m.v); }
[[gnu::always_inline]] inline void store(Lanes& m, const Batch& b) { b.store(m.v); }
[[gnu::always_inline]] inline void accumulate(Lanes& m, const Batch& b) { (load(m) + b).store(m.v); }

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
