// Single-precision states laid out for the overlap kernel.
#pragma once
#include <complex>
#include <cstddef>
#include <memory>

#include "qdose/stage3_covariates/overlap_kernel.hpp"

namespace qdose {

/// Floats aligned to a cache line, not initialised.
struct AlignedDelete {
  void operator()(float* p) const;
};
using AlignedFloats = std::unique_ptr<float[], AlignedDelete>;
AlignedFloats aligned_floats(std::size_t count);

/// A copy of `count` states, row-major [count][dimension], in panels of overlap::panel; the last panel is
/// filled with zeros. Takes twice the memory of the states.
class PackedStates {
 public:
  PackedStates(const std::complex<float>* states, std::size_t count, std::size_t dimension);

  std::size_t count() const { return count_; }
  std::size_t dimension() const { return dimension_; }
  std::size_t panels() const { return (count_ + overlap::panel - 1) / overlap::panel; }
  const float* panel(std::size_t p) const {
    return data_.get() + p * dimension_ * overlap::planes * overlap::panel;
  }

 private:
  std::size_t count_, dimension_;
  AlignedFloats data_;
};

/// |<a_i|b_j>|^2 for the states of some panels: out[i * stride + j], rows and columns padded to whole panels.
/// Uses AVX-512 where the processor has it (QDOSE_KERNELS=avx2 forbids it).
class OverlapTile {
 public:
  /// For products of at most a_panels by b_panels panels.
  OverlapTile(std::size_t a_panels, std::size_t b_panels);
  void fill(const PackedStates& a, std::size_t first_a, std::size_t a_panels, const PackedStates& b,
            std::size_t first_b, std::size_t b_panels, float* out, std::size_t stride);

 private:
  AlignedFloats sums_;
};

}  // namespace qdose
