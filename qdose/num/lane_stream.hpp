// Eight streams of random numbers side by side, one a lane, where scalar draws would cost more than what they
// feed.
#pragma once
#include <immintrin.h>

#include <array>
#include <bit>
#include <cstdint>
#include <numbers>

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
  /// Box-Muller; the second value is kept.
  Batch normal() {
    if (has_spare_) {
      has_spare_ = false;
      return spare_;
    }
    const Batch radius = sqrt(Batch(-2.0) * log(uniform()));
    const auto [x, y] = on_circle(uniform());
    spare_ = radius * y;
    has_spare_ = true;
    return radius * x;
  }

  /// A point of the unit circle, uniform when u is: two bits of u choose the quarter, the others the angle in
  /// it.
  static std::array<Batch, 2> on_circle(const Batch& u) {
    const auto below = u < Batch(0.5);
    const Batch v = Batch(2.0) * u - select(below, Batch(0.0), Batch(1.0));
    const auto upright = v < Batch(0.5);
    const Batch quarter = Batch(2.0) * v - select(upright, Batch(0.0), Batch(1.0));
    const Batch angle = (quarter - Batch(0.5)) * Batch(0.5 * std::numbers::pi), a2 = angle * angle;
    // Taylor's series on (-pi/4, pi/4): errors below 1e-16.
    const Batch sine = angle * horner(Batch(-1 / 1307674368000.0), a2, 1 / 6227020800.0, -1 / 39916800.0,
                                      1 / 362880.0, -1 / 5040.0, 1 / 120.0, -1 / 6.0, 1.0);
    const Batch cosine = horner(Batch(1 / 20922789888000.0), a2, -1 / 87178291200.0, 1 / 479001600.0,
                                -1 / 3628800.0, 1 / 40320.0, -1 / 720.0, 1 / 24.0, -0.5, 1.0);
    const Batch x = select(upright, cosine, sine), y = select(upright, sine, cosine);
    return {select(below, x, -x), select(below, y, -y)};
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
  bool has_spare_ = false;
  Batch spare_;
};

}  // namespace qdose
