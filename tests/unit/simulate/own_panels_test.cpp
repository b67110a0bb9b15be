// Panels that an evaluation cuts: they cover what they must, from dose to dose and from value to value, and
// those that are called alike are.
#include "qdose/simulate/own_panels.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "qdose/base/random.hpp"
#include "qdose/simulate/plan.hpp"

namespace qdose {
namespace {

/// Three weeks of doses, values on some days only; every lane its own design if `mixed`.
std::vector<Schedule> weeks(bool mixed) {
  std::vector<Schedule> all(lanes);
  for (std::size_t l = 0; l < lanes; ++l) {
    const double interval = mixed && l % 2 == 1 ? 12.0 : 24.0;
    for (int d = 0; d * interval < 480; ++d)
      if (!mixed || l != 3 || d % 5 != 4) all[l].doses.push_back({d * interval + 0.1, 2.0, 0.0});
    for (double t : {0.0, 1.0, 4.0, 24.0, 96.0, 168.0, 240.0, 312.0, 384.0, 481.0, 500.0, 900.0})
      all[l].pd_times.push_back(mixed ? t + 0.3 * static_cast<double>(l) : t);
    all[l].pk_times = {1.0, 400.0};
  }
  return all;
}

/// Each lane's panels, seen from the clock: neighbours touch, segments end where values are wanted, the dose
/// looked back to is the last to have arrived, and nothing else is covered.
void expect_tiling(const BatchPlan& plan, const Lanes& lag, const Lanes* duration) {
  std::vector<OwnPanel> panels;
  cut_own_panels(plan.pk, lag, duration, panels);
  ASSERT_EQ(panels.size(), plan.pk.own.panels);
  for (std::size_t l = 0; l < lanes; ++l) {
    const double first = plan.pk.dose_time[0].v[l] + lag.v[l];
    double now = first;
    std::size_t q = 0;
    for (const OwnPanels::Segment& segment : plan.pk.own.segments) {
      for (; q < segment.end; ++q) {
        const OwnPanel& panel = panels[q];
        if (panel.length.v[l] == 0) continue;
        ASSERT_GE(panel.dose[l], 0);
        const auto dose = static_cast<std::size_t>(panel.dose[l]);
        const double arrival = plan.pk.dose_time[dose].v[l] + lag.v[l];
        EXPECT_NEAR(arrival + panel.since.v[l], now, 1e-9) << "lane " << l << " panel " << q;
        EXPECT_GE(panel.since.v[l], -1e-9);
        if (dose + 1 < plan.pk.doses && plan.pk.amount[dose + 1].v[l] > 0) {
          EXPECT_LE(now + panel.length.v[l], plan.pk.dose_time[dose + 1].v[l] + lag.v[l] + 1e-9);
        }
        if (duration != nullptr) {
          const double end = arrival + duration->v[l];
          EXPECT_FALSE(now < end - 1e-9 && now + panel.length.v[l] > end + 1e-9)
              << "over the end of an infusion";
        }
        now += panel.length.v[l];
      }
      if (segment.until.v[l] > first) {
        EXPECT_NEAR(now, segment.until.v[l], 1e-9) << "lane " << l;
      }
    }
  }
  for (const OwnPanel& panel : panels) {
    const OwnPanel& like = panels[static_cast<std::size_t>(panel.like)];
    for (std::size_t l = 0; l < lanes; ++l) {
      EXPECT_EQ(panel.since.v[l], like.since.v[l]);
      EXPECT_EQ(panel.length.v[l], like.length.v[l]);
    }
    EXPECT_EQ(like.like, panel.like);
  }
}

TEST(OwnPanels, CoverTheTimeFromDoseToValue) {
  Stream stream(9, Purpose::property_test, 0);
  for (bool mixed : {false, true}) {
    const auto schedules = weeks(mixed);
    const BatchPlan plan = make_plan(schedules, at_own_times(resolution_for(schedules)));
    for (int round = 0; round < 50; ++round) {
      Lanes lag, duration, none;
      for (std::size_t l = 0; l < lanes; ++l)
        lag.v[l] = stream.uniform(0.0, 8.0), duration.v[l] = stream.uniform(0.1, 9.0);
      expect_tiling(plan, lag, nullptr);
      expect_tiling(plan, none, &duration);
    }
  }
}

TEST(OwnPanels, ADayWithoutValuesIsLikeTheDayBefore) {
  const auto schedules = weeks(false);
  const BatchPlan plan = make_plan(schedules, resolution_for(schedules, "pk_1c_oral_lag"));
  Lanes lag;
  for (std::size_t l = 0; l < lanes; ++l) lag.v[l] = 0.2 + 0.3 * static_cast<double>(l);
  std::vector<OwnPanel> panels;
  cut_own_panels(plan.pk, lag, nullptr, panels);
  std::size_t different = 0;
  for (std::size_t q = 0; q < panels.size(); ++q) different += static_cast<std::size_t>(panels[q].like) == q;
  EXPECT_LT(different, panels.size() / 2);
}

}  // namespace
}  // namespace qdose
