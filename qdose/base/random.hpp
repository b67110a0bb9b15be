// Random numbers with addresses: what is drawn depends on (seed, purpose, item) alone, never on threads or
// order.
#pragma once
#include <Random123/philox.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace qdose {

/// What a stream is for; two purposes never share a number. Append only: the values are part of every result.
enum class Purpose : std::uint32_t {
  training = 1,
  validation = 2,
  test = 3,
  virtual_trial = 4,
  chain = 5,
  start = 6,
  population = 7,
  posterior_check = 8,
  bootstrap = 9,
  split = 10,
  initial_weights = 11,
  covariates = 12,
  property_test = 13,
};

/// A stream of independent numbers at the address (seed, purpose, item, sub-item); copying it copies the
/// position. Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"); period 2^66
/// numbers a stream.
class Stream {
 public:
  Stream(std::uint64_t seed, Purpose purpose, std::uint64_t item, std::uint32_t sub_item = 0)
      : key_{{static_cast<std::uint32_t>(seed),
              static_cast<std::uint32_t>(seed >> 32) ^ (static_cast<std::uint32_t>(purpose) * 0x9e3779b9u)}},
        counter_{{0, sub_item, static_cast<std::uint32_t>(item), static_cast<std::uint32_t>(item >> 32)}} {}

  /// 32 uniform bits.
  std::uint32_t bits() {
    if (used_ == 4) {
      block_ = r123::Philox4x32()(counter_, key_);
      ++counter_[0];
      used_ = 0;
    }
    return block_[used_++];
  }

  /// Uniform on the open interval (0, 1), 53 bits.
  double uniform() {
    const std::uint64_t high = bits(), low = bits();
    return (static_cast<double>((high << 21) ^ (low >> 11)) + 0.5) * 0x1p-53;
  }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }

  /// Log-uniform on (low, high), both positive.
  double log_uniform(double low, double high) { return low * std::exp(std::log(high / low) * uniform()); }

  /// Uniform on {0, ..., n-1}; n >= 1.
  std::uint32_t below(std::uint32_t n) {
    return static_cast<std::uint32_t>((static_cast<std::uint64_t>(bits()) * n) >> 32);
  }

  /// Standard normal (Box-Muller; the second value is kept).
  double normal() {
    if (has_spare_) {
      has_spare_ = false;
      return spare_;
    }
    const double radius = std::sqrt(-2.0 * std::log(uniform())), angle = 2.0 * std::numbers::pi * uniform();
    spare_ = radius * std::sin(angle);
    has_spare_ = true;
    return radius * std::cos(angle);
  }

 private:
  r123::Philox4x32::key_type key_;
  r123::Philox4x32::ctr_type counter_;
  r123::Philox4x32::ctr_type block_{};
  unsigned used_ = 4;
  bool has_spare_ = false;
  double spare_ = 0;
};

}  // namespace qdose
