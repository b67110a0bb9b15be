// The overlap kernel with 32 registers of 16 floats. Called only where the processor has them; this file must
// not use inline functions of any other header, since the linker could keep this copy of them for all
// processors.
#pragma GCC target("avx512f,avx512dq,avx512vl,avx512bw")
#define QDOSE_ISA avx512
#include <cstddef>

namespace qdose::avx512 {
typedef float Vector __attribute__((vector_size(64)));
constexpr std::size_t rows = 4;
}  // namespace qdose::avx512

#include "qdose/stage3_covariates/overlap_kernel.inl.hpp"
