#include "qdose/simulate/interval_slots.hpp"

#include <gtest/gtest.h>

namespace qdose {
namespace {

PkPlan::Slot slot(double step, double dose, double rate) {
  return {all_lanes(step), all_lanes(dose), all_lanes(rate)};
}

TEST(IntervalSlots, KeepWhatIsGivenAndJoinTheRest) {
  const auto joined =
      interval_slots({slot(0, 5, 0), slot(1, 0, 0), slot(2, 3, 0), slot(4, 0, 0), slot(6, 0, 0)});
  ASSERT_EQ(joined.size(), 3u);
  EXPECT_EQ(joined[0].dose[0], 5);
  EXPECT_EQ(joined[1].step[0], 3);
  EXPECT_EQ(joined[1].dose[0], 3);
  EXPECT_EQ(joined[2].step[0], 10);
  EXPECT_EQ(joined[2].dose[0], 0);
}

TEST(IntervalSlots, ADifferentRateStaysApart) {
  const auto joined =
      interval_slots({slot(0, 0, 0), slot(1, 0, 7), slot(1, 0, 7), slot(3, 0, 0), slot(3, 0, 0)});
  ASSERT_EQ(joined.size(), 2u);
  EXPECT_EQ(joined[0].step[0], 2);
  EXPECT_EQ(joined[0].rate[0], 7);
  EXPECT_EQ(joined[1].step[0], 6);
  EXPECT_EQ(joined[1].rate[0], 0);
}

TEST(IntervalSlots, OneLaneIsEnoughToKeepThemApart) {
  auto slots = std::vector{slot(1, 0, 0), slot(2, 0, 0)};
  slots[0].dose.v[3] = 1;
  EXPECT_EQ(interval_slots(slots).size(), 2u);
  slots[0].dose.v[3] = 0, slots[1].rate.v[3] = 1;
  EXPECT_EQ(interval_slots(slots).size(), 2u);
  slots[0].step.v[3] = 0;  // no time passes there under the other rate
  const auto joined = interval_slots(slots);
  ASSERT_EQ(joined.size(), 1u);
  EXPECT_EQ(joined[0].rate[3], 1);
  EXPECT_EQ(joined[0].step[3], 2);
  EXPECT_EQ(joined[0].step[0], 3);
}

}  // namespace
}  // namespace qdose
