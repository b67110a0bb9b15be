#include "app/blas.hpp"

#include <gtest/gtest.h>

namespace qdose {
namespace {

TEST(BlasKernels, OnlyAvx2KernelsOnAnAvx512ProcessorAreReplaced) {
  EXPECT_EQ(better_blas_kernels("Haswell", true), "SkylakeX");
  EXPECT_EQ(better_blas_kernels("Zen", true), "SkylakeX");
  EXPECT_EQ(better_blas_kernels("Haswell", false), "");
  EXPECT_EQ(better_blas_kernels("SkylakeX", true), "");
  EXPECT_EQ(better_blas_kernels("Cooperlake", true), "");
}

TEST(BlasKernels, HaveAName) { EXPECT_FALSE(blas_kernels().empty()); }

}  // namespace
}  // namespace qdose
