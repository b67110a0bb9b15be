// Eight streams of random numbers side by side, one a lane, where scalar draws would cost more than what they
// feed.
#pragma once
#include <immintrin.h>

#include <array>
#include <bit>
#include <cstdint>
#include <numbers>

#include "qdose/num/batch.hpp"
#include "qdose/num/lane_address.hpp"

namespace qdose::QDOSE_ISA {

/// Lane l holds the words of Stream(seed, purpose, items[l], sub_item), one word a number: uniform() has 32
/// bits on the open interval (0, 1), normal() is made of two of them (Box & Muller 1958, Ann. Math. Stat.
/// 29:610; |z| up to 6.8). What a lane draws does not depend on the others.
class LaneStream {
 public:
  explicit LaneStream(const LaneAddress& at)
      : key0_(static_cast<std::uint32_t>(at.seed)),
        key1_(static_cast<std::uint32_t>(at.seed >> 32) ^
              (static_cast<std::uint32_t>(at.purpose) * 0x9e3779b9u)),
        sub_item_(at.sub_item) {
    for (std::size_t l = 0; l < 8; ++l) {
      low_[l] = at.items[l] & 0xffffffffu;
      high_[l] = at.items[l] >> 32;
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
  static constexpr std::size_t width = 8 / registers;
  /// Products of the low halves.
  [[gnu::always_inline]] static Bits product(Bits a, std::uint32_t b) {
#ifdef __AVX512F__
    // The masked form: g++ 12 warns of an uninitialized operand inside the plain one.
    return (Bits)_mm512_maskz_mul_epu32(0xff, (__m512i)a, _mm512_set1_epi64(b));
#else
    return (Bits)_mm256_mul_epu32((__m256i)a, _mm256_set1_epi64x(b));
#endif
  }

  /// The next four words of every lane: Philox4x32-10 on the lanes of a register, words in the low halves.
  void refill() {
    constexpr double shift = 4503599627370496.0;  // 2^52: its bits plus a word are the number 2^52 + word
    for (std::size_t r = 0; r < registers; ++r) {
      Bits c[4] = {Bits{} + counter_, Bits{} + sub_item_, *reinterpret_cast<const Bits*>(&low_[width * r]),
                   *reinterpret_cast<const Bits*>(&high_[width * r])};
      std::uint32_t k0 = key0_, k1 = key1_;
      for (int round = 0; round < 10; ++round, k0 += 0x9e3779b9u, k1 += 0xbb67ae85u) {
        const Bits a = product(c[0], 0xd2511f53), b = product(c[2], 0xcd9e8d57);
        c[0] = (b >> 32) ^ c[1] ^ k0;
        c[2] = (a >> 32) ^ c[3] ^ k1;
        c[1] = b;
        c[3] = a;
      }
      for (std::size_t w = 0; w < 4; ++w) {
        const Bits bits = (c[w] & 0xffffffffull) | std::bit_cast<std::uint64_t>(shift);
        block_[w].r[r] = (std::bit_cast<Real>(bits) - shift + 0.5) * 0x1p-32;
      }
    }
    ++counter_;
    used_ = 0;
  }

  std::uint32_t key0_, key1_;
  std::uint64_t sub_item_, counter_ = 0;
  alignas(64) std::array<std::uint64_t, 8> low_{}, high_{};
  std::array<Batch, 4> block_;
  std::size_t used_ = 4;
  bool has_spare_ = false;
  Batch spare_;
};

/// value (1 + proportional z1) + additive z2, drawn as the one normal number that it is, and not below 0.
[[gnu::always_inline]] inline Batch with_error(const Batch& value, const Batch& proportional,
                                               const Batch& additive, LaneStream& random) {
  const Batch scaled = proportional * value;
  const Batch y = value + sqrt(scaled * scaled + additive * additive) * random.normal();
  return select(y < Batch(0.0), Batch(0.0), y);
}

}  // namespace qdose::QDOSE_ISA

namespace qdose {
using QDOSE_ISA::LaneStream;
}  // namespace qdose
