// The array kernels, compiled once an instruction set.
#pragma once
#include <bit>
#include <numbers>

#include "qdose/num/lane_stream.hpp"
#include "qdose/simulate/array_kernels.hpp"
#include "qdose/simulate/lane_memory.hpp"

namespace qdose::QDOSE_ISA {

/// Sums logarithms of positive numbers with one logarithm for hundreds of them: fractions are multiplied,
/// exponents added.
class LogSum {
 public:
  [[gnu::always_inline]] void add(const Batch& x) {
    for (std::size_t i = 0; i < registers; ++i) {
#ifdef __AVX512F__
      exponents_.r[i] += (Real)_mm512_maskz_getexp_pd(0xff, (__m512d)x.r[i]);
      fractions_.r[i] *=
          (Real)_mm512_maskz_getmant_pd(0xff, (__m512d)x.r[i], _MM_MANT_NORM_1_2, _MM_MANT_SIGN_src);
#else
      const Bits bits = std::bit_cast<Bits>(x.r[i]);
      const Bits exponent = (bits >> 52) & 0x7ff;
      exponents_.r[i] +=
          std::bit_cast<Real>(exponent | 0x4330000000000000ull) - (4503599627370496.0 + 1023.0);
      fractions_.r[i] *= std::bit_cast<Real>((bits & 0x000fffffffffffffull) | 0x3ff0000000000000ull);
#endif
    }
    if (++factors_ == most_factors) fold();
  }
  Batch total() {
    fold();
    return logs_ + exponents_ * Batch(std::numbers::ln2);
  }

 private:
  static constexpr int most_factors = 1000;  // fractions are below 2
  void fold() {
    logs_ += log(fractions_);
    fractions_ = Batch(1.0);
    factors_ = 0;
  }
  Batch fractions_ = Batch(1.0), exponents_{}, logs_{};
  int factors_ = 0;
};

inline double sum_of(const Batch& x) {
  Lanes v;
  store(v, x);
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

inline void exponentials(const Lanes* x, std::size_t count, Lanes* y) {
  for (std::size_t i = 0; i < count; ++i) store(y[i], exp(load(x[i])));
}

inline NormalLikelihood normal_likelihood(const GroupedValues& values, double proportional, double additive,
                                          const Lanes* f, Lanes* adjoint) {
  const Batch a2(proportional * proportional), b2(additive * additive), none(0.0), one(1.0);
  LogSum log_variances;
  Batch squares{}, by_proportional{}, by_additive{}, repeated_logs{}, observed{};
  for (std::size_t k = 0; k < values.size; ++k) {
    const Batch n = load(values.count[k]), x = load(f[k]), e = load(values.mean[k]) - x;
    const Batch ax = a2 * x, v = ax * x + b2, precision = reciprocal(v);
    const Batch square = (n * e * e + load(values.spread[k])) * precision;
    const Batch excess = (square - n) * precision;  // twice the derivative by v
    store(adjoint[k], n * e * precision + ax * excess);
    squares += square;
    by_proportional += ax * x * excess;
    by_additive += excess;
    observed += n;
    const Batch variance = select(n > none, v, one);
    log_variances.add(variance);
    if (values.repeated) repeated_logs += select(n > one, (n - one) * log(variance), none);
  }
  const Batch total = log_variances.total() + repeated_logs + squares;
  NormalLikelihood result;
  result.log_likelihood = -0.5 * (sum_of(total) + sum_of(observed) * std::log(2.0 * std::numbers::pi));
  result.log_proportional = sum_of(by_proportional);
  result.log_additive = sum_of(by_additive * b2);
  return result;
}

inline void add_errors(const LaneAddress& address, const NoisyCurve* curves, std::size_t curve_count,
                       std::size_t count) {
  LaneStream random(address);
  for (std::size_t k = 0; k < count; ++k)
    for (const NoisyCurve* c = curves; c < curves + curve_count; ++c)
      store(c->noisy[k], with_error(load(c->exact[k]), load(c->proportional), load(c->additive), random));
}

constexpr array_kernels_t make_array_kernels() { return {&exponentials, &normal_likelihood, &add_errors}; }

}  // namespace qdose::QDOSE_ISA
