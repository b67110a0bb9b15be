// The overlap kernel with 16 registers of 8 floats.
#define QDOSE_ISA avx2
#include <cstddef>

namespace qdose::avx2 {
typedef float Vector __attribute__((vector_size(32)));
constexpr std::size_t rows = 2;
}  // namespace qdose::avx2

#include "qdose/stage3_covariates/overlap_kernel.inl.hpp"
