#include "qdose/simulate/duplicates.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

#include "qdose/base/threads.hpp"

namespace qdose {
namespace {

/// The two halves of a 128-bit product, folded.
std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

/// Calls body(index, hash) for every hash that falls into part `which` of `parts`.
template <class Body>
Result<Done> each_of_part(const HashedRows& rows, std::uint64_t which, std::uint64_t parts, Body body) {
  std::vector<std::uint64_t> block(1 << 16);
  for (std::uint64_t first = 0; first < rows.count; first += block.size()) {
    const std::span<std::uint64_t> now =
        std::span(block).first(std::min<std::uint64_t>(block.size(), rows.count - first));
    if (auto read = rows.read_hashes(first, now); !read) return read;
    for (std::size_t i = 0; i < now.size(); ++i)
      if ((now[i] >> 32) * parts >> 32 == which) body(first + i, now[i]);
  }
  return Done{};
}

/// Rows (hash, index) whose hashes were found more than once, sorted.
using Suspects = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

Result<DuplicateCount> compare(const HashedRows& rows, const Suspects& suspects) {
  DuplicateCount count;
  std::vector<float> row(rows.row_size);
  for (std::size_t i = 0; i < suspects.size();) {
    std::vector<std::vector<float>> distinct;
    const std::uint64_t hash = suspects[i].first;
    for (; i < suspects.size() && suspects[i].first == hash; ++i) {
      if (auto read = rows.read_row(suspects[i].second, row); !read) return read.errors();
      const auto equal = [&](const std::vector<float>& other) {
        ++count.compared;
        return std::memcmp(row.data(), other.data(), row.size() * sizeof(float)) == 0;
      };
      if (std::any_of(distinct.begin(), distinct.end(), equal))
        ++count.repeated;
      else
        distinct.push_back(row);
    }
  }
  return count;
}

Result<DuplicateCount> check_part(const HashedRows& rows, std::uint64_t which, std::uint64_t parts) {
  std::vector<std::uint64_t> hashes;
  if (auto read =
          each_of_part(rows, which, parts, [&](std::uint64_t, std::uint64_t h) { hashes.push_back(h); });
      !read)
    return read.errors();
  std::sort(hashes.begin(), hashes.end());
  std::vector<std::uint64_t> twice;
  for (std::size_t i = 1; i < hashes.size(); ++i)
    if (hashes[i] == hashes[i - 1] && (twice.empty() || twice.back() != hashes[i]))
      twice.push_back(hashes[i]);
  if (twice.empty()) return DuplicateCount{};
  Suspects suspects;
  const auto suspect = [&](std::uint64_t index, std::uint64_t h) {
    if (std::binary_search(twice.begin(), twice.end(), h)) suspects.emplace_back(h, index);
  };
  if (auto read = each_of_part(rows, which, parts, suspect); !read) return read.errors();
  std::sort(suspects.begin(), suspects.end());
  return compare(rows, suspects);
}

}  // namespace

std::uint64_t row_hash(std::span<const float> row) {
  std::uint64_t h = 0x9e3779b97f4a7c15ull ^ row.size();
  const char* bytes = reinterpret_cast<const char*>(row.data());
  std::size_t left = row.size_bytes();
  while (left > 0) {
    std::uint64_t word = 0;
    const std::size_t size = std::min<std::size_t>(left, sizeof word);
    std::memcpy(&word, bytes, size);
    h = mixed(h ^ word, 0xa0761d6478bd642full) + 0xe7037ed1a0b428dbull;
    bytes += size;
    left -= size;
  }
  return mixed(h, 0x8ebc6af09c88c6e3ull);
}

Result<DuplicateCount> find_duplicates(const HashedRows& rows, int threads, std::uint64_t part) {
  const std::uint64_t parts =
      std::max<std::uint64_t>(rows.count / part + 1, static_cast<std::uint64_t>(std::max(threads, 1)));
  DuplicateCount total;
  Errors errors;
  std::mutex guard;
  parallel_for(parts, threads, [&](std::size_t which) {
    const auto found = check_part(rows, which, parts);
    const std::lock_guard lock(guard);
    if (!found) {
      errors.insert(errors.end(), found.errors().begin(), found.errors().end());
      return;
    }
    total.repeated += found->repeated;
    total.compared += found->compared;
  });
  if (!errors.empty()) return errors;
  return total;
}

}  // namespace qdose
