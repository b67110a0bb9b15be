#include "qdose/stage1_classify/virtual_trials.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "trials.hpp"

namespace qdose {
namespace {

ClassParameters values_of(const char* id, const std::vector<double>& natural) {
  ClassParameters p;
  p.model = find_model(id);
  for (const double x : natural) p.values.push_back(all_lanes(x));
  return p;
}

/// Largest difference of a block's responses from those on panels an eighth as long, cut at the lag, in units
/// of a tenth of the response. Without `at_own_times`, of the panels that other classes use.
double error_with(const ClassParameters& pk, const ClassParameters& pd, bool at_own_times) {
  const Trial trial = test::simulated("pk_1c_oral_lag", "pd_indirect_stim_kout", 2, 5);
  const DesignBlocks blocks(trial, true, 1, 1);
  SubjectBlock block = blocks.arrangement(0).front();
  if (!at_own_times) block.own = {};
  SimulationScratch scratch;
  BlockValues got, exact;
  EXPECT_TRUE(simulate_block(block, pk, &pd, scratch, got));
  std::vector<Schedule> schedules;
  for (const std::size_t s : block.subjects) schedules.push_back(schedule_of(trial.subjects[s]));
  Resolution fine = resolution_for(schedules, pk.model->about.id);
  fine.first /= 8, fine.longest /= 8, fine.growth = 0.5;
  block.plan = make_plan(schedules, fine);
  block.own = block.plan;
  EXPECT_TRUE(simulate_block(block, pk, &pd, scratch, exact));
  double worst = 0;
  for (std::size_t k = 0; k < got.pd.size(); ++k)
    for (std::size_t l = 0; l < block.subjects.size(); ++l)
      worst = std::max(worst, std::abs(got.pd[k][l] - exact.pd[k][l]) / (0.1 * std::abs(exact.pd[k][l])));
  return worst;
}

TEST(SimulateBlock, DrivesTheBiomarkerAtEachSubjectsOwnLag) {
  const ClassParameters pd = values_of("pd_indirect_stim_kout", {12, 0.1, 6, 0.3});
  for (const double lag : {0.7, 2.3, 5.1}) {
    const ClassParameters pk = values_of("pk_1c_oral_lag", {0.2, 8, 2.0, lag});
    EXPECT_LT(error_with(pk, pd, true), 0.05) << lag;
    EXPECT_GT(error_with(pk, pd, false), 2 * error_with(pk, pd, true)) << lag;
  }
}

TEST(SimulateBlock, HasASecondPlanOnlyWhereThereIsABiomarker) {
  const Trial trial = test::simulated("pk_1c_oral_lag", "pd_indirect_stim_kout", 2, 5);
  EXPECT_EQ(DesignBlocks(trial, false, 1, 1).arrangement(0).front().own.subjects, 0u);
}

}  // namespace
}  // namespace qdose
