// Distinct time lengths of eight lanes, each kept once: regular designs share almost all of them.
#pragma once
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

#include "qdose/simulate/kernels.hpp"

namespace qdose {

/// Index of `length` in `table`, appended when new. Lengths equal to 2^-38 h (13 nanoseconds) count as the
/// same.
class OffsetTable {
 public:
  explicit OffsetTable(std::vector<Lanes>& table) : table_(table) {}

  std::int32_t index(const Lanes& length) {
    const Key key = key_of(length);
    const auto [place, is_new] = known_.try_emplace(key, static_cast<std::int32_t>(table_.size()));
    if (is_new) {
      Lanes kept;
      for (std::size_t l = 0; l < lanes; ++l) kept.v[l] = static_cast<double>(key[l]) * 0x1p-38;
      table_.push_back(kept);
    }
    return place->second;
  }

 private:
  using Key = std::array<std::int64_t, lanes>;
  static Key key_of(const Lanes& length) {
    Key key;
    for (std::size_t l = 0; l < lanes; ++l) key[l] = std::llround(length.v[l] * 0x1p38);
    return key;
  }

  std::vector<Lanes>& table_;
  std::map<Key, std::int32_t> known_;
};

/// The order in which the decays of all offsets are computed, and which are products of earlier ones. An
/// offset that is within 2^-36 h of the sum of two others is moved onto that sum, so that products are exact.
/// Only offsets that are the same in all lanes take part. At most `depth` products lie one upon the other (0:
/// none).
std::vector<PkPlan::Decay> plan_decays(std::vector<Lanes>& offsets, int depth);

}  // namespace qdose
