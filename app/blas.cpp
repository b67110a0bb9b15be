#include "app/blas.hpp"

#include <cblas.h>
#include <unistd.h>

#include <cstdlib>

namespace qdose {

std::string_view better_blas_kernels(std::string_view loaded, bool has_avx2, bool has_avx512) {
  const bool is_avx512 = loaded == "SkylakeX" || loaded == "Cooperlake" || loaded == "SapphireRapids";
  const bool is_avx2 = loaded == "Haswell" || loaded == "Zen";
  if (is_avx512) return "";
  if (has_avx512) return "SkylakeX";
  return has_avx2 && !is_avx2 ? "Haswell" : "";
}

void choose_blas_kernels(char** argv) {
  constexpr const char* variable = "OPENBLAS_CORETYPE";
  const bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                          __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const std::string better(better_blas_kernels(blas_kernels(), has_avx2, has_avx512));
  if (better.empty() || std::getenv(variable)) return;
  setenv(variable, better.c_str(), 1);
  execv("/proc/self/exe", argv);
  // Only slower, no fault: go on with the kernels that were loaded.
  unsetenv(variable);
}

void set_blas_threads(int threads) { openblas_set_num_threads(threads); }

std::string blas_kernels() { return openblas_get_corename(); }

}  // namespace qdose
