#include "qdose/simulate/duplicates.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <set>
#include <vector>

#include "qdose/base/random.hpp"

namespace qdose {
namespace {

constexpr std::size_t row_size = 5;

/// Rows in memory, with hashes that may be spoilt.
struct Rows {
  std::vector<float> values;
  std::vector<std::uint64_t> hashes;

  explicit Rows(std::size_t count) {
    Stream random(1, Purpose::property_test, 0);
    for (std::size_t i = 0; i < count * row_size; ++i) values.push_back(static_cast<float>(random.normal()));
    rehash();
  }
  std::span<float> row(std::size_t i) { return std::span(values).subspan(i * row_size, row_size); }
  void repeat(std::size_t from, std::size_t to) { std::ranges::copy(row(from), row(to).begin()); }
  void rehash() {
    hashes.clear();
    for (std::size_t i = 0; i < values.size() / row_size; ++i) hashes.push_back(row_hash(row(i)));
  }
  DuplicateCount count(int threads, std::uint64_t part) {
    HashedRows source;
    source.count = hashes.size();
    source.row_size = row_size;
    source.read_hashes = [&](std::uint64_t first, std::span<std::uint64_t> out) {
      std::copy_n(hashes.begin() + static_cast<std::ptrdiff_t>(first), out.size(), out.begin());
      return Result<Done>(Done{});
    };
    source.read_row = [&](std::uint64_t i, std::span<float> out) {
      std::ranges::copy(row(i), out.begin());
      return Result<Done>(Done{});
    };
    return find_duplicates(source, threads, part).value();
  }
};

TEST(Duplicates, AreNotFoundWhereThereAreNone) {
  Rows rows(100000);
  for (const std::uint64_t part : {1000u, 1u << 20}) {
    const DuplicateCount found = rows.count(2, part);
    EXPECT_EQ(found.repeated, 0u);
    EXPECT_EQ(found.compared, 0u);
  }
}

TEST(Duplicates, AreAllFound) {
  Rows rows(100000);
  rows.repeat(7, 99999);
  rows.repeat(7, 500);
  rows.repeat(70000, 70001);
  rows.rehash();
  for (const std::uint64_t part : {1000u, 1u << 20}) EXPECT_EQ(rows.count(3, part).repeated, 3u);
}

TEST(Duplicates, RowsThatOnlyShareAHashAreCompared) {
  Rows rows(1000);
  rows.repeat(3, 4);
  rows.rehash();
  std::fill(rows.hashes.begin(), rows.hashes.begin() + 10, 42u);  // planted collisions
  const DuplicateCount found = rows.count(1, 1u << 20);
  EXPECT_EQ(found.repeated, 1u);
  EXPECT_GT(found.compared, 8u);
}

TEST(Duplicates, EveryBitOfARowCounts) {
  std::vector<float> row(row_size, 1.0f);
  std::set<std::uint64_t> hashes{row_hash(row)};
  for (std::size_t i = 0; i < row_size; ++i)
    for (std::uint32_t bit = 0; bit < 32; ++bit) {
      auto flipped = row;
      flipped[i] = std::bit_cast<float>(std::bit_cast<std::uint32_t>(row[i]) ^ (1u << bit));
      hashes.insert(row_hash(flipped));
    }
  EXPECT_EQ(hashes.size(), 1 + 32 * row_size);
  EXPECT_NE(row_hash(std::span(row).first(4)), row_hash(row));
}

}  // namespace
}  // namespace qdose
