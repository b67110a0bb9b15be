// A real trial's subjects on the report's grid.
#include "qdose/stage1_classify/report_grid.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "qdose/stage1_classify/report_problem.hpp"

namespace qdose {
namespace {

Trial two_subjects() {
  Trial trial;
  Subject treated, placebo;
  treated.doses = {{0, 5}, {24, 5}, {30, 7}};  // 30 h is no time of the grid
  treated.concentrations = {{0, 9}, {2, 4}, {6, 2}, {24, 1}, {36, 3}};
  treated.responses = {{0, 10}, {48, 6}};
  placebo.responses = {{0, 11}};
  trial.subjects = {treated, placebo};
  return trial;
}

float value(const ReportTrajectories& t, std::size_t subject, std::size_t channel, Role role, double time) {
  const auto times = report_times(role);
  const auto k = static_cast<std::size_t>(std::find(times.begin(), times.end(), time) - times.begin());
  return t.values[(2 * subject + channel) * t.times + k];
}

TEST(ReportGrid, HasDosesAndConcentrationsOfTreatedSubjects) {
  const ReportTrajectories pk = on_report_grid(two_subjects(), Role::pk);
  ASSERT_EQ(pk.count, 1u);
  EXPECT_EQ(pk.values.size(), 2 * report_times(Role::pk).size());
  EXPECT_EQ(value(pk, 0, 0, Role::pk, 0), 5);
  EXPECT_EQ(value(pk, 0, 0, Role::pk, 24), 5);
  EXPECT_EQ(value(pk, 0, 0, Role::pk, 36), 0);
  EXPECT_EQ(value(pk, 0, 1, Role::pk, 0), 0);  // taken before the dose
  EXPECT_EQ(value(pk, 0, 1, Role::pk, 2), 4);
  EXPECT_EQ(value(pk, 0, 1, Role::pk, 4), 3);
  EXPECT_EQ(value(pk, 0, 1, Role::pk, 48), 3);
}

TEST(ReportGrid, HasResponsesOfAllAndNoConcentrationsOfPlacebo) {
  const ReportTrajectories pd = on_report_grid(two_subjects(), Role::pd);
  ASSERT_EQ(pd.count, 2u);
  EXPECT_EQ(value(pd, 0, 1, Role::pd, 24), 8);
  EXPECT_EQ(value(pd, 0, 0, Role::pd, 24), 1);
  for (const double t : report_times(Role::pd)) {
    EXPECT_EQ(value(pd, 1, 0, Role::pd, t), 0);
    EXPECT_EQ(value(pd, 1, 1, Role::pd, t), 11);
  }
  EXPECT_EQ(report_tokens(pd, Role::pd, 64).subjects, 2u);
}

}  // namespace
}  // namespace qdose
