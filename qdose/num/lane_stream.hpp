// Eight streams of random numbers side by side, one a lane, where scalar draws would cost more than what they
// feed.
#pragma once
#include <immintrin.h>

#include <array>
#include <bit>
#include <cstdint>

#include "qdose/base/random.hpp"
#include "qdose/num/batch.hpp"

namespace qdose {

/// Lane l holds the words of Stream(seed, purpose, items[l], sub_item), one word a number: uniform() has 32
/// bits on the open interval (0, 1), normal() is the inverse of the normal distribution at such a number (|z|
/// up to 6.3; Wichura 1988, AS 241, error of the inverse below 1e-15). What a lane draws does not depend on
/// the others.
class LaneStream {
 public:
  LaneStream(std::uint64_t seed, Purpose purpose, const std::array<std::uint64_t, 8>& items,
             std::uint32_t sub_item)
      : key0_(static_cast<std::uint32_t>(seed)),
        key1_(static_cast<std::uint32_t>(seed >> 32) ^ (static_cast<std::uint32_t>(purpose) * 0x9e3779b9u)),
        sub_item_(sub_item) {
    for (std::size_t l = 0; l < 8; ++l) {
      low_[l] = items[l] & 0xffffffffu;
      high_[l] = items[l] >> 32;
    }
  }

  Batch uniform() {
    if (used_ == 4) refill();
    return block_[used_++];
  }
  Batch uniform(double low, double high) { return Batch(low) + Batch(high - low) * uniform(); }
  Batch normal() { return normal_at(uniform()); }

  /// The standard normal's quantile for 2^-34 <= u <= 1 - 2^-34.
  static Batch normal_at(const Batch& u) {
    const Batch q = u - Batch(0.5), distance = select(q < Batch(0.0), -q, q);
    const Batch s = Batch(0.180625) - q * q;
    const Batch middle = q *
                         horner(Batch(2.5090809287301226727e3), s, 3.3430575583588128105e4,
                                6.7265770927008700853e4, 4.5921953931549871457e4, 1.3731693765509461125e4,
                                1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0) /
                         horner(Batch(5.2264952788528545610e3), s, 2.8729085735721942674e4,
                                3.9307895800092710610e4, 2.1213794301586595867e4, 5.3941960214247511077e3,
                                6.8718700749205790830e2, 4.2313330701600911252e1, 1.0);
    const Batch r = sqrt(-log(Batch(0.5) - distance)) - Batch(1.6);
    const Batch tail = horner(Batch(7.74545014278341407640e-4), r, 2.27238449892691845833e-2,
                              2.41780725177450611770e-1, 1.27045825245236838258e0, 3.64784832476320460504e0,
                              5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0) /
                       horner(Batch(1.05075007164441684324e-9), r, 5.47593808499534494600e-4,
                              1.51986665636164571966e-2, 1.48103976427480074590e-1, 6.89767334985100004550e-1,
                              1.67638483018380384940e0, 2.05319162663775882187e0, 1.0);
    return select(distance < Batch(0.425), middle, select(q < Batch(0.0), -tail, tail));
  }

 private:
  static_assert(sizeof(QDOSE_ISA::Real) == 32, "for code that is compiled once, with AVX2");

  /// The next four words of every lane: Philox4x32-10 on four lanes a register, words in the low halves.
  void refill() {
    constexpr double shift = 4503599627370496.0;  // 2^52: its bits plus a word are the number 2^52 + word
    for (std::size_t half = 0; half < 2; ++half) {
      __m256i c[4] = {_mm256_set1_epi64x(counter_), _mm256_set1_epi64x(sub_item_),
                      _mm256_loadu_si256(reinterpret_cast<const __m256i*>(low_.data() + 4 * half)),
                      _mm256_loadu_si256(reinterpret_cast<const __m256i*>(high_.data() + 4 * half))};
      std::uint32_t k0 = key0_, k1 = key1_;
      for (int round = 0; round < 10; ++round, k0 += 0x9e3779b9u, k1 += 0xbb67ae85u) {
        const __m256i a = _mm256_mul_epu32(c[0], _mm256_set1_epi64x(0xd2511f53));
        const __m256i b = _mm256_mul_epu32(c[2], _mm256_set1_epi64x(0xcd9e8d57));
        c[0] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(b, 32), c[1]), _mm256_set1_epi64x(k0));
        c[2] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(a, 32), c[3]), _mm256_set1_epi64x(k1));
        c[1] = b;
        c[3] = a;
      }
      for (std::size_t w = 0; w < 4; ++w) {
        const __m256i word = _mm256_and_si256(c[w], _mm256_set1_epi64x(0xffffffff));
        const __m256i bits = _mm256_or_si256(word, _mm256_castpd_si256(_mm256_set1_pd(shift)));
        block_[w].r[half] = ((QDOSE_ISA::Real)_mm256_castsi256_pd(bits) - shift + 0.5) * 0x1p-32;
      }
    }
    ++counter_;
    used_ = 0;
  }

  std::uint32_t key0_, key1_, sub_item_, counter_ = 0;
  std::array<std::uint64_t, 8> low_{}, high_{};
  std::array<Batch, 4> block_;
  std::size_t used_ = 4;
};

}  // namespace qdose
