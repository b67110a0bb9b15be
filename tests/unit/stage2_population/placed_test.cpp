#include "qdose/stage2_population/placed.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "qdose/base/random.hpp"

namespace qdose {
namespace {

void expect_sorted(const std::vector<double>& x) {
  std::vector<double> plain = x;
  std::sort(plain.begin(), plain.end());
  const std::vector<Placed> sorted = sorted_with_places(x);
  ASSERT_EQ(sorted.size(), x.size());
  std::vector<bool> seen(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_EQ(sorted[i].value, plain[i]);
    EXPECT_EQ(sorted[i].value, x[sorted[i].place]);
    seen[sorted[i].place] = true;
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), true), static_cast<std::ptrdiff_t>(x.size()));
}

TEST(Placed, SortsWhateverTheSpacing) {
  for (std::size_t size : {0, 1, 2, 199, 200, 5000}) {
    Stream random(1, Purpose::property_test, size);
    std::vector<double> normal, heavy, ties, far, close, same(size, 3.5);
    for (std::size_t i = 0; i < size; ++i) {
      normal.push_back(random.normal());
      heavy.push_back(std::exp(30 * random.normal()));  // nearly all beside the smallest
      ties.push_back(std::floor(10 * random.uniform()));
      far.push_back(random.uniform() < 0.5 ? -1.7e308 : 1.7e308);  // a difference that overflows
      close.push_back(1 + 1e-16 * static_cast<double>(random.below(5)));
    }
    for (const auto& x : {normal, heavy, ties, far, close, same}) expect_sorted(x);
  }
}

TEST(Placed, SortsNumbersWhoseDifferenceIsNearlyNothing) {
  std::vector<double> x(300, 5e-324);
  x[7] = 0;
  expect_sorted(x);
}

}  // namespace
}  // namespace qdose
