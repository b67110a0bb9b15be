// Which subjects a training has seen, so that "never repeated" and "held out" are counted instead of claimed.
#pragma once
#include <cstdint>
#include <cstring>
#include <unordered_set>
#include <vector>

#include "qdose/stage1_classify/features.hpp"

namespace qdose {

/// Remembers subjects by a 64-bit hash (FNV-1a over the bits of their tokens): 16 bytes or so a subject,
/// chance collisions below 1e-6 for ten million.
class SampleLedger {
 public:
  /// The hashes of a batch's subjects.
  static std::vector<std::uint64_t> hashes(const TokenSet& tokens) {
    std::vector<std::uint64_t> all(tokens.subjects);
    for (std::size_t s = 0; s < tokens.subjects; ++s) all[s] = hash(tokens, s);
    return all;
  }
  /// Notes the subjects of a training batch.
  void add(const std::vector<std::uint64_t>& hashes) {
    for (const std::uint64_t h : hashes)
      if (!seen_.insert(h).second) ++repeated_;
  }
  void add(const TokenSet& tokens) { add(hashes(tokens)); }
  /// How many of these subjects were noted before.
  std::uint64_t count(const TokenSet& tokens) const {
    std::uint64_t known = 0;
    for (std::size_t s = 0; s < tokens.subjects; ++s) known += seen_.count(hash(tokens, s));
    return known;
  }
  /// Subjects noted more than once.
  std::uint64_t repeated() const { return repeated_; }

 private:
  static std::uint64_t hash(const TokenSet& tokens, std::size_t subject) {
    std::uint64_t h = 0xcbf29ce484222325ull;
    const float* x = &tokens.values[subject * tokens.tokens * tokens.features];
    for (std::size_t i = 0; i < tokens.count[subject] * tokens.features; ++i) {
      std::uint32_t bits;
      std::memcpy(&bits, x + i, sizeof bits);
      h = (h ^ bits) * 0x100000001b3ull;
      h ^= h >> 29;
    }
    return h;
  }
  std::unordered_set<std::uint64_t> seen_;
  std::uint64_t repeated_ = 0;
};

}  // namespace qdose
