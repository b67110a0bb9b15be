#include "qdose/base/random.hpp"

#include <gtest/gtest.h>

#include <set>

namespace qdose {
namespace {

// Philox4x32-10 known answers: Random123's kat_vectors.
TEST(Philox, GivesThePublishedNumbers) {
  const r123::Philox4x32 philox;
  EXPECT_EQ(philox({{0, 0, 0, 0}}, {{0, 0}}),
            (r123::Philox4x32::ctr_type{{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}));
  EXPECT_EQ(philox({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, {{0xa4093822, 0x299f31d0}}),
            (r123::Philox4x32::ctr_type{{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}));
}

TEST(Stream, AddressesDifferInEveryPart) {
  std::set<std::uint32_t> first;
  int streams = 0;
  for (const std::uint64_t seed : {0ull, 1ull, 1ull << 32})
    for (const Purpose purpose : {Purpose::training, Purpose::validation, Purpose::test})
      for (const std::uint64_t item : {0ull, 1ull, 1ull << 32})
        for (const std::uint32_t sub : {0u, 1u})
          first.insert(Stream(seed, purpose, item, sub).bits()), ++streams;
  EXPECT_EQ(first.size(), static_cast<std::size_t>(streams));
}

TEST(Stream, MomentsAreThoseOfTheDistributions) {
  Stream random(11, Purpose::property_test, 1);
  constexpr int n = 200000;
  double u = 0, uu = 0, z = 0, zz = 0;
  for (int i = 0; i < n; ++i) {
    const double x = random.uniform(), y = random.normal();
    ASSERT_GT(x, 0);
    ASSERT_LT(x, 1);
    u += x, uu += x * x, z += y, zz += y * y;
  }
  // Five standard errors: sd(u) = 0.289, sd(u^2) = 0.298, sd(z) = 1, sd(z^2) = 1.41.
  const double root = std::sqrt(n);
  EXPECT_NEAR(u / n, 0.5, 5 * 0.289 / root);
  EXPECT_NEAR(uu / n, 1.0 / 3, 5 * 0.298 / root);
  EXPECT_NEAR(z / n, 0, 5 / root);
  EXPECT_NEAR(zz / n, 1, 5 * 1.414 / root);
}

TEST(Stream, BelowCoversItsRangeEvenly) {
  Stream random(11, Purpose::property_test, 2);
  std::array<int, 7> count{};
  for (int i = 0; i < 70000; ++i) ++count[random.below(7)];
  for (const int c : count) EXPECT_NEAR(c, 10000, 5 * 93);
}

}  // namespace
}  // namespace qdose
