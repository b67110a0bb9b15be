#include "qdose/num/lane_stream.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace qdose {
namespace {

constexpr std::array<std::uint64_t, 8> items{0, 1, 2, 77, 1ull << 32, (5ull << 32) + 9, 1234567, ~0ull};

TEST(LaneStream, HasTheWordsOfTheScalarStreams) {
  for (const std::uint64_t seed : {1ull, 0xfedcba9876543210ull}) {
    LaneStream lanes(seed, Purpose::test, items, 7);
    std::vector<Stream> streams;
    for (const std::uint64_t item : items) streams.emplace_back(seed, Purpose::test, item, 7);
    for (int k = 0; k < 11; ++k) {
      const Batch u = lanes.uniform();
      for (std::size_t l = 0; l < 8; ++l) EXPECT_EQ(u.lane(l), (streams[l].bits() + 0.5) * 0x1p-32);
    }
  }
}

TEST(LaneStream, InvertsTheNormalDistribution) {
  for (int i = 0; i < 4000; ++i) {
    const double u = i < 2000 ? (i + 0.5) / 2000 : std::exp2(-34.0 * (i - 1999) / 2001);
    const Batch z = LaneStream::normal_at(Batch(u));
    EXPECT_NEAR(0.5 * std::erfc(-z.lane(3) / std::sqrt(2.0)), u, 4e-15 * (1 + z.lane(3) * z.lane(3)) * u)
        << u;
    EXPECT_NEAR(LaneStream::normal_at(Batch(1 - u)).lane(0), -z.lane(0), 2e-16 / u + 1e-14) << u;
  }
}

TEST(LaneStream, IsNormal) {
  double sum = 0, squares = 0, fourth = 0, neighbours = 0;
  constexpr int draws = 20000;
  LaneStream lanes(3, Purpose::property_test, items, 0);
  double before = 0;
  for (int k = 0; k < draws; ++k) {
    const Batch z = lanes.normal();
    for (std::size_t l = 0; l < 8; ++l) {
      const double x = z.lane(l);
      sum += x;
      squares += x * x;
      fourth += x * x * x * x;
      neighbours += x * before;
      before = x;
    }
  }
  constexpr double n = 8.0 * draws;
  EXPECT_NEAR(sum / n, 0, 5 / std::sqrt(n));
  EXPECT_NEAR(squares / n, 1, 5 * std::sqrt(2 / n));
  EXPECT_NEAR(fourth / n, 3, 5 * std::sqrt(96 / n));
  EXPECT_NEAR(neighbours / n, 0, 5 / std::sqrt(n));
}

}  // namespace
}  // namespace qdose
