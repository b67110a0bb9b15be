#include "qdose/stage3_covariates/cohort.hpp"

#include <gmock/gmock.h>

#include "qdose/stage3_covariates/advantage.hpp"

namespace qdose {
namespace {

TEST(Cohort, CeilingIsTheOneKnown) {
  const Cohort cohort = report_cohort(200000, 1, Purpose::test);
  double mean = 0;
  for (Eigen::Index j = 0; j < 7; ++j) {
    const Eigen::VectorXd y = cohort.values.col(j);
    mean += (1 - (y - cohort.expected.col(j)).squaredNorm() / (y.array() - y.mean()).square().sum()) / 7;
  }
  EXPECT_NEAR(mean, 0.3013, 0.002);
}

TEST(Cohort, AHundredPeopleAreEnoughToComeNearTheCeiling) {
  const auto result = evaluate_report_cohort(100, 5000, {}, silent_progress());
  ASSERT_TRUE(result.ok()) << describe(result.errors());
  EXPECT_GT(result->r2_mean, 0.27);
  EXPECT_LT(result->r2_mean, 0.3014);
  EXPECT_LT(result->baselines.at("report"), 0.161);  // the span of the report's circuit
  EXPECT_LT(result->baselines.at("mean"), 0.001);
  EXPECT_GT(result->baselines.at("log_linear"), 0.27);
  ASSERT_EQ(result->outputs.size(), 7u);
  EXPECT_TRUE(result->outputs[0].has_signal);
  // the truth is log-linear: nothing can be better, and the verdict must say so
  EXPECT_THAT(result->verdict, ::testing::StartsWith("no advantage"));
}

TEST(Cohort, TrainingAndTestPeopleDiffer) {
  EXPECT_NE(report_cohort(3, 1, Purpose::training).rows, report_cohort(3, 1, Purpose::test).rows);
  EXPECT_EQ(report_cohort(3, 1, Purpose::test).rows[2], report_cohort(5, 1, Purpose::test).rows[2]);
}

TEST(GeometricDifference, IsOneForEqualKernelsAndLargeForUnlikeOnes) {
  Stream stream(6, Purpose::property_test, 0);
  const Eigen::Index n = 30;
  const Eigen::MatrixXd x = Eigen::MatrixXd::NullaryExpr(n, 1, [&] { return stream.uniform(); });
  const Eigen::MatrixXd smooth = rbf_kernel(1)(x, x), rough = rbf_kernel(0.01)(x, x);
  EXPECT_NEAR(geometric_difference(rough, rough, 1e-6), 1, 0.01);
  EXPECT_GT(geometric_difference(smooth, rough), 3);
  EXPECT_LT(geometric_difference(rough, smooth), std::sqrt(30.0) + 0.1);
}

}  // namespace
}  // namespace qdose
