// OpenBLAS as this machine can run it.
#pragma once
#include <string>
#include <string_view>

namespace qdose {

/// The value of OPENBLAS_CORETYPE that suits better than the kernels which were loaded; empty when nothing
/// does.
std::string_view better_blas_kernels(std::string_view loaded, bool has_avx2, bool has_avx512);

/// Starts the program anew with OPENBLAS_CORETYPE set when OpenBLAS took kernels below what the processor
/// can do: version 0.3.21 does not know newer processors (it runs its AVX2 kernels on some, SSE3 ones on
/// others), and reads the variable only while it loads. The training program inherits the choice.
/// Returns when there is nothing to do; a variable that the user set is respected.
void choose_blas_kernels(char** argv);

/// Number of threads of one BLAS call.
void set_blas_threads(int threads);

/// Name of the kernels in use, for example "SkylakeX".
std::string blas_kernels();

}  // namespace qdose
