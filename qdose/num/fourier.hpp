// Discrete Fourier transforms of powers of two, for convolutions: the order of the frequencies does not
// matter.
#pragma once
#include <cstddef>
#include <vector>

#include "qdose/num/batch.hpp"

namespace qdose {

/// Eight complex numbers.
struct alignas(64) ComplexLanes {
  double re[8] = {}, im[8] = {};
};

/// Transforms of 8 * 2^k complex numbers, k >= 0, in place; number i is lane i % 8 of element i / 8. Error
/// relative to the root mean square about 1e-16 log2(size). One object serves many threads.
class Fourier {
 public:
  explicit Fourier(std::size_t size);
  /// X_f = sum_t x_t exp(-2 pi i f t / size), with the bits of f reversed (Gentleman & Sande 1966).
  void to_frequencies(std::vector<ComplexLanes>& x) const;
  /// x_t = sum_f X_f exp(-2 pi i f t / size) from frequencies in that order (Cooley & Tukey 1965). Of real X
  /// the real part is that of the inverse transform times size.
  void from_frequencies(std::vector<ComplexLanes>& x) const;

 private:
  std::size_t size_;
  std::vector<ComplexLanes> roots_;  ///< of the stages of 8, 16, ... butterflies; exp(-pi i j / butterflies)
};

}  // namespace qdose
