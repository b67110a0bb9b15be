#include "qdose/stage3_covariates/cohort.hpp"

#include <gmock/gmock.h>

#include "qdose/stage3_covariates/advantage.hpp"
#include "qdose/stage3_covariates/cohort_scores.hpp"
#include "qdose/stage3_covariates/evaluate_cohort.hpp"

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

TEST(EvaluateCohort, AHundredPeopleAreEnoughToComeNearTheCeiling) {
  const auto result = evaluate_cohort({.test = 5000, .repeats = 3}, {.map = "zz"}, silent_progress());
  ASSERT_TRUE(result.ok()) << describe(result.errors());
  EXPECT_GT(result->r2_mean, 0.27);
  EXPECT_LT(result->r2_mean, 0.305);
  EXPECT_LT(result->baselines.at("report"), 0.161);  // the span of the report's circuit
  EXPECT_LT(result->baselines.at("mean"), 0.001);
  EXPECT_GT(result->baselines.at("log_linear"), 0.27);
  ASSERT_EQ(result->outputs.size(), 7u);
  EXPECT_TRUE(result->outputs[0].has_signal);
  // the truth is log-linear: nothing can be better, and the verdict must say so
  EXPECT_THAT(result->verdict, ::testing::StartsWith("no advantage"));
  ASSERT_EQ(result->comparisons.size(), result->baselines.size());
  // a dose for 90% of the people needs their scatter, which predicted means have not
  EXPECT_NEAR(result->coverage.predictive_ratio, 1, 0.08);
  EXPECT_LT(result->coverage.point_ratio, 0.85);
  EXPECT_LT(result->coverage.point_coverage, 0.8);
}

TEST(EvaluateCohort, SumsOverPeopleGiveWhatTheRowsGive) {
  // the same people as a design of their own, and through blocks
  const Cohort cohort = report_cohort(300, 4, Purpose::training), fresh = report_cohort(50, 4, Purpose::test);
  const CovariateInputs inputs(cohort.covariates, cohort.rows);
  const MethodBook book = make_methods(inputs.matrix(cohort.rows), {.map = "iqp"}).value();
  const auto targets = cohort_targets(cohort, 300);
  const InputMatrix people = inputs.matrix(fresh.rows);
  CohortTrainer rows(book.design, cohort, inputs, 300, 1), sums(book.design, cohort, inputs, 200, 3);
  for (const Method& method : book.methods) {
    if (method.name == "mean") continue;
    JointChoice choice = choose(book.design, method, targets);
    for (Choice& output : choice.outputs) {
      output.candidate = method.variants[0].levels.back().back();  // a kernel, whatever was best
      output.lambda = std::max(output.lambda, 0.1);
    }
    const Eigen::MatrixXd a = rows.predict_natural(choice, targets, people),
                          b = sums.predict_natural(choice, targets, people);
    EXPECT_LT((a - b).cwiseAbs().maxCoeff(), 2e-3 * a.cwiseAbs().maxCoeff()) << method.name;
  }
}

TEST(EvaluateCohort, TheReportsProtocolIsNoBetterThanTheMean) {
  const auto result =
      evaluate_cohort({.protocol = "report", .test = 20, .repeats = 20}, {}, silent_progress());
  ASSERT_TRUE(result.ok());
  EXPECT_NEAR(result->protocol.r2_mean, -0.02, 0.06);
  EXPECT_NEAR(result->protocol.span_cap, 0.161, 0.004);
}

TEST(EvaluateCohort, WrongWordsAndNumbersAreAllTold) {
  const auto result = evaluate_cohort({.cohort = "x", .protocol = "y", .subjects = 2, .depolarising = 1}, {},
                                      silent_progress());
  ASSERT_FALSE(result.ok());
  EXPECT_GE(result.errors().size(), 4u);
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
