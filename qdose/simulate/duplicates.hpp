// Proof that no trajectory of a set occurs twice, in bounded memory.
#pragma once
#include <cstdint>
#include <functional>
#include <span>

#include "qdose/base/result.hpp"

namespace qdose {

/// 64 bits that equal rows share; equal by chance with probability 2^-64.
std::uint64_t row_hash(std::span<const float> row);

/// What the check reads. Both functions fill the whole span and may be called from several threads.
struct HashedRows {
  std::uint64_t count = 0;
  std::size_t row_size = 0;  ///< floats
  std::function<Result<Done>(std::uint64_t first, std::span<std::uint64_t> hashes)> read_hashes;
  std::function<Result<Done>(std::uint64_t index, std::span<float> row)> read_row;
};

struct DuplicateCount {
  std::uint64_t repeated = 0;  ///< rows that equal one before, bit by bit
  std::uint64_t compared = 0;  ///< pairs of rows with equal hashes that were read and compared
};

/// Rows with different hashes differ; rows with equal hashes are compared bit by bit. Hashes are sorted in
/// parts of about `part` of them (8 bytes each, one part a thread).
Result<DuplicateCount> find_duplicates(const HashedRows& rows, int threads, std::uint64_t part = 1u << 23);

}  // namespace qdose
