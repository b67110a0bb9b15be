// Which decays are products of others, and how points are put together for the kernels.
#include "qdose/simulate/offset_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "qdose/simulate/plan.hpp"

namespace qdose {
namespace {

const PkPlan::Decay& decay_of(const std::vector<PkPlan::Decay>& decays, std::int32_t offset) {
  return *std::find_if(decays.begin(), decays.end(), [&](const auto& d) { return d.offset == offset; });
}

TEST(PlanDecays, MakesProductsOfTimesThatAllLanesShare) {
  Lanes mixed = all_lanes(8.0);
  mixed[3] = 6.0;
  std::vector<Lanes> offsets{all_lanes(2.0), mixed, all_lanes(4.0), all_lanes(6.0), all_lanes(6.7)};
  const auto decays = plan_decays(offsets, 6);
  ASSERT_EQ(decays.size(), offsets.size());
  for (std::int32_t own : {0, 1, 4}) EXPECT_LT(decay_of(decays, own).a, 0) << own;
  for (std::int32_t made : {2, 3}) {
    const PkPlan::Decay& d = decay_of(decays, made);
    ASSERT_GE(d.a, 0) << made;
    EXPECT_EQ(offsets[static_cast<std::size_t>(d.a)][0] + offsets[static_cast<std::size_t>(d.b)][0],
              offsets[static_cast<std::size_t>(made)][0]);
  }
  for (const PkPlan::Decay& d : plan_decays(offsets, 0)) EXPECT_LT(d.a, 0);
}

TEST(PlanRuns, HoldEveryPointOnceAfterItsDose) {
  Schedule s;
  for (int d = 0; d < 6; ++d) s.doses.push_back({24.0 * d + 1.0, 1.0, 0.0});
  s.pk_times = {0.5, 2.0, 5.0, 25.0, 30.0, 121.5, 200.0};
  s.pd_times = {0.0, 25.0, 49.0, 140.0};
  const std::vector<Schedule> schedules(3, s);
  const BatchPlan plan = make_plan(schedules, resolution_for(schedules));
  ASSERT_TRUE(plan.pk.grouped);
  ASSERT_EQ(plan.pk.groups.size(), plan.pk.doses + 2);
  std::vector<int> seen(plan.pk.points.size());
  std::size_t longest = 0;
  for (std::size_t d = 0; d + 1 < plan.pk.groups.size(); ++d)
    for (std::int32_t r = plan.pk.groups[d]; r < plan.pk.groups[d + 1]; ++r) {
      const PkPlan::Run& run = plan.pk.runs[static_cast<std::size_t>(r)];
      longest = std::max(longest, static_cast<std::size_t>(run.count));
      for (std::int32_t k = 0; k < run.count; ++k) {
        const auto point = static_cast<std::size_t>(run.point + k);
        ++seen[point];
        EXPECT_EQ(plan.pk.points[point].dose[0] + 1, static_cast<std::int32_t>(d));
        EXPECT_EQ(plan.pk.points[point].offset, run.offset + k);
      }
    }
  for (int times : seen) EXPECT_EQ(times, 1);
  EXPECT_GE(longest, static_cast<std::size_t>(plan.pd.nodes));
}

}  // namespace
}  // namespace qdose
