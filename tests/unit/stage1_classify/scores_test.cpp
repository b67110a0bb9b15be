// Scores of whole trials: pairs of classes that are taken for each other, reliability, the check of the
// catalogue.
#include <gtest/gtest.h>

#include <cmath>

#include "qdose/base/progress.hpp"
#include "qdose/stage1_classify/catalogue_check.hpp"
#include "qdose/stage1_classify/confused_pairs.hpp"
#include "qdose/stage1_classify/general_encoder.hpp"
#include "qdose/stage1_classify/scoring.hpp"
#include "qdose/stage1_classify/shipped_encoder.hpp"
#include "qdose/stage1_classify/train_job.hpp"
#include "trials.hpp"

namespace qdose {
namespace {

const std::vector<std::string> three{"pk_1c_oral", "pk_1c_oral_flipflop", "pk_1c_iv"};

TEST(ConfusedPairs, AreThoseOfWhichMoreThanAFewCarryTheOthersName) {
  const std::vector<std::vector<long>> confusion{{80, 20, 0}, {10, 89, 1}, {1, 0, 99}};
  const auto pairs = confused_pairs(three, confusion);
  ASSERT_EQ(pairs.size(), 1u);
  EXPECT_EQ(pairs[0].first + " " + pairs[0].second, "pk_1c_oral pk_1c_oral_flipflop");
  EXPECT_DOUBLE_EQ(pairs[0].share, 0.15);
  EXPECT_TRUE(pairs[0].same_model);
  EXPECT_NEAR(accuracy_up_to(three, confusion, {}), 268.0 / 300, 1e-12);
  EXPECT_NEAR(accuracy_up_to(three, confusion, same_models(three)), 298.0 / 300, 1e-12);
  EXPECT_EQ(accuracy_up_to(three, {{0, 0, 0}, {0, 0, 0}, {0, 0, 0}}, pairs), 0);
}

TEST(Calibration, BinsHoldEveryAnswerAndGiveTheError) {
  ScoredLogits scored{2, {}, {}};
  Stream stream(3, Purpose::property_test, 8);
  for (int i = 0; i < 3000; ++i) {
    const double logit = 2 * stream.normal(), p = 1 / (1 + std::exp(-logit));
    scored.logits.insert(scored.logits.end(), {static_cast<float>(logit), 0.0f});
    scored.label.push_back(stream.uniform() < p ? 0 : 1);
  }
  const ClassScore honest = score(scored, 1.0, 1), bold = score(scored, 0.4, 1);
  long count = 0;
  double error = 0;
  for (const CalibrationBin& bin : honest.calibration) {
    count += bin.count;
    error += std::fabs(bin.accuracy - bin.confidence) * static_cast<double>(bin.count) / 3000;
  }
  EXPECT_EQ(honest.calibration.size(), 15u);
  EXPECT_EQ(count, 3000);
  EXPECT_NEAR(error, honest.ece, 1e-12);
  EXPECT_LT(honest.ece, 0.03);
  EXPECT_GT(bold.ece, 0.08);
}

/// The general encoder on a design that tells classes apart: the check keeps quiet about them, and speaks up
/// about doses that nobody told of.
TEST(CatalogueCheck, FlagsTrialsThatNoClassExplains) {
  const auto general = shipped_encoder(Role::pk, "general");
  ASSERT_TRUE(general.ok());
  TrainJob job;
  job.trial = test::simulated("pk_1c_oral", "pd_indirect_inhib_kin", 6, 5);
  job.trial.route = Route::extravascular;
  const Encoder encoder = fitted_to(*general, job.trial);
  const auto problem = make_problem(job);
  CheckRequest request;
  request.trials = 4;
  request.design = &job.trial;
  request.threads = 2;
  const auto check = check_catalogue(encoder, **problem, request, silent_progress());
  ASSERT_TRUE(check.ok());
  EXPECT_EQ(check->trials, 4);
  EXPECT_LE(check->false_alarms, 0.34);
  const auto& waves = check->outsiders.back();
  EXPECT_EQ(waves.kind, "doses that enter in two waves");
  EXPECT_GE(waves.flagged, check->false_alarms);
  request.threads = 1;
  EXPECT_EQ(check_catalogue(encoder, **problem, request, silent_progress())->outsiders.back().flagged,
            waves.flagged);
}

/// Resets and steady-state doses reach the training program.
TEST(TrainJob, KeepsTheDosesAsTheyAre) {
  TrainJob job;
  job.trial = test::simulated("pk_1c_oral", "pd_indirect_inhib_kin", 1, 5);
  const std::string plain = to_json(job);
  EXPECT_EQ(plain.find("null"), std::string::npos);
  Dose& reset = job.trial.subjects.back().doses.at(1);
  reset.reset = reset.time - 2;
  Dose& steady = job.trial.subjects.back().doses.at(2);
  steady.steady_interval = 12;
  steady.steady_adds = true;
  const auto read = parse_train_job(to_json(job), "here");
  ASSERT_TRUE(read.ok());
  const auto& doses = read->trial.subjects.back().doses;
  EXPECT_EQ(doses[0].reset, Dose::never);
  EXPECT_EQ(doses[1].reset, reset.reset);
  EXPECT_EQ(doses[1].steady_interval, 0);
  EXPECT_EQ(doses[2].reset, Dose::never);
  EXPECT_EQ(doses[2].steady_interval, 12);
  EXPECT_TRUE(doses[2].steady_adds);
  EXPECT_EQ(to_json(*read), to_json(job));
}

}  // namespace
}  // namespace qdose
