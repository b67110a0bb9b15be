#include "qdose/num/blas.hpp"

#include <cblas.h>

namespace qdose::blas {
namespace {
constexpr blasint as_int(std::size_t n) { return static_cast<blasint>(n); }
}  // namespace

void overlaps(std::size_t n, std::size_t m, std::size_t depth, const std::complex<float>* a,
              const std::complex<float>* b, std::complex<float>* out, std::size_t stride) {
  const std::complex<float> one = 1, zero = 0;
  cblas_cgemm(CblasRowMajor, CblasNoTrans, CblasConjTrans, as_int(n), as_int(m), as_int(depth), &one, a,
              as_int(depth), b, as_int(depth), &zero, out, as_int(stride));
}

void overlaps(std::size_t n, std::size_t m, std::size_t depth, const std::complex<double>* a,
              const std::complex<double>* b, std::complex<double>* out, std::size_t stride) {
  const std::complex<double> one = 1, zero = 0;
  cblas_zgemm(CblasRowMajor, CblasNoTrans, CblasConjTrans, as_int(n), as_int(m), as_int(depth), &one, a,
              as_int(depth), b, as_int(depth), &zero, out, as_int(stride));
}

void self_overlaps(std::size_t n, std::size_t depth, const std::complex<float>* a, std::complex<float>* out,
                   std::size_t stride) {
  cblas_cherk(CblasRowMajor, CblasUpper, CblasNoTrans, as_int(n), as_int(depth), 1.0f, a, as_int(depth), 0.0f,
              out, as_int(stride));
}

void self_overlaps(std::size_t n, std::size_t depth, const std::complex<double>* a, std::complex<double>* out,
                   std::size_t stride) {
  cblas_zherk(CblasRowMajor, CblasUpper, CblasNoTrans, as_int(n), as_int(depth), 1.0, a, as_int(depth), 0.0,
              out, as_int(stride));
}

void add_gram(std::size_t n, std::size_t m, const float* a, float* out) {
  cblas_ssyrk(CblasRowMajor, CblasUpper, CblasTrans, as_int(m), as_int(n), 1.0f, a, as_int(m), 1.0f, out,
              as_int(m));
}

void add_gram(std::size_t n, std::size_t m, const double* a, double* out) {
  cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, as_int(m), as_int(n), 1.0, a, as_int(m), 1.0, out,
              as_int(m));
}

void add_transposed_product(std::size_t n, std::size_t m, std::size_t columns, const float* a, const float* b,
                            float* out) {
  cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, as_int(m), as_int(columns), as_int(n), 1.0f, a,
              as_int(m), b, as_int(columns), 1.0f, out, as_int(columns));
}

void add_transposed_product(std::size_t n, std::size_t m, std::size_t columns, const double* a,
                            const double* b, double* out) {
  cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, as_int(m), as_int(columns), as_int(n), 1.0, a,
              as_int(m), b, as_int(columns), 1.0, out, as_int(columns));
}

void solve_upper_right(std::size_t n, std::size_t m, const float* upper, float* b) {
  cblas_strsm(CblasRowMajor, CblasRight, CblasUpper, CblasNoTrans, CblasNonUnit, as_int(n), as_int(m), 1.0f,
              upper, as_int(m), b, as_int(m));
}

}  // namespace qdose::blas
