#include "app/blas.hpp"

#include <gtest/gtest.h>

namespace qdose {
namespace {

TEST(BlasKernels, OnlyAvx2KernelsOnAnAvx512ProcessorAreReplaced) {
  EXPECT_EQ(better_blas_kernels("Haswell", true, true), "SkylakeX");
  EXPECT_EQ(better_blas_kernels("Zen", true, true), "SkylakeX");
  EXPECT_EQ(better_blas_kernels("Haswell", true, false), "");
  EXPECT_EQ(better_blas_kernels("SkylakeX", true, true), "");
  EXPECT_EQ(better_blas_kernels("Cooperlake", true, true), "");
  EXPECT_EQ(better_blas_kernels("Prescott", true, true), "SkylakeX");
  EXPECT_EQ(better_blas_kernels("Prescott", true, false), "Haswell");
  EXPECT_EQ(better_blas_kernels("Prescott", false, false), "");
}

TEST(BlasKernels, HaveAName) { EXPECT_FALSE(blas_kernels().empty()); }

}  // namespace
}  // namespace qdose
