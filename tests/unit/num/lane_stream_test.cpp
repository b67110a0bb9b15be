#include "qdose/num/lane_stream.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace qdose {
namespace {

constexpr std::array<std::uint64_t, 8> items{0, 1, 2, 77, 1ull << 32, (5ull << 32) + 9, 1234567, ~0ull};

TEST(LaneStream, HasTheWordsOfTheScalarStreams) {
  for (const std::uint64_t seed : {1ull, 0xfedcba9876543210ull}) {
    LaneStream lanes(LaneAddress{seed, Purpose::test, items, 7});
    std::vector<Stream> streams;
    for (const std::uint64_t item : items) streams.emplace_back(seed, Purpose::test, item, 7);
    for (int k = 0; k < 11; ++k) {
      const Batch u = lanes.uniform();
      for (std::size_t l = 0; l < 8; ++l) EXPECT_EQ(u.lane(l), (streams[l].bits() + 0.5) * 0x1p-32);
    }
  }
}

TEST(LaneStream, PointsLieOnTheCircleEvenly) {
  constexpr int points = 4000;
  std::vector<double> angles;
  for (int i = 0; i < points; ++i) {
    const auto [x, y] = LaneStream::on_circle(Batch((i + 0.5) / points));
    EXPECT_NEAR(x.lane(2) * x.lane(2) + y.lane(2) * y.lane(2), 1, 1e-15);
    angles.push_back(std::atan2(y.lane(2), x.lane(2)) / (2 * std::numbers::pi) + 0.5);
  }
  std::sort(angles.begin(), angles.end());
  for (int i = 0; i < points; ++i)
    EXPECT_NEAR(angles[static_cast<std::size_t>(i)], (i + 0.5) / points, 1e-12);
}

TEST(LaneStream, IsNormal) {
  double sum = 0, squares = 0, fourth = 0, neighbours = 0;
  constexpr int draws = 20000;
  LaneStream lanes(LaneAddress{3, Purpose::property_test, items, 0});
  double before = 0, pairs = 0, even[8] = {};
  int beyond = 0;
  for (int k = 0; k < draws; ++k) {
    const Batch z = lanes.normal();
    for (std::size_t l = 0; l < 8; ++l) {
      const double x = z.lane(l);
      sum += x;
      squares += x * x;
      fourth += x * x * x * x;
      neighbours += x * before;
      before = x;
      beyond += std::abs(x) > 3;
      if (k % 2 == 1) pairs += even[l] * x;
      even[l] = x;
    }
  }
  constexpr double n = 8.0 * draws;
  EXPECT_NEAR(sum / n, 0, 5 / std::sqrt(n));
  EXPECT_NEAR(squares / n, 1, 5 * std::sqrt(2 / n));
  EXPECT_NEAR(fourth / n, 3, 5 * std::sqrt(96 / n));
  EXPECT_NEAR(neighbours / n, 0, 5 / std::sqrt(n));
  EXPECT_NEAR(2 * pairs / n, 0, 5 * std::sqrt(2 / n));
  EXPECT_NEAR(beyond, 0.0026998 * n, 5 * std::sqrt(0.0027 * n));
}

}  // namespace
}  // namespace qdose
