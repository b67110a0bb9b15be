#include "qdose/results/evaluation.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace qdose {
namespace {

TEST(Evaluation, IsReadAsItWasWritten) {
  Evaluation e;
  e.role = "pk";
  e.priors = "report";
  e.encoder = "grid";
  e.classes = {"a", "b"};
  e.subject = {0.6, 0.01, 1.1, 0.02, {{3, 0.2, 0.33}, {7, 0.8, 0.7}}};
  e.trial = {0.9, 0.02, 0.3, 0.01, {{5, 0.9, 0.8}}};
  e.trial_confusion = {{2, 1}, {0, 2}};
  e.confused = {{"a", "b", 0.2, true}};
  e.trial_accuracy_joint = e.trial_accuracy_decidable = 1;
  e.check = CatalogueCheck{200, 0.01, {{"without a", 20, 0.8}}};
  e.training_curve = {{100, 25600, 12.5, 1.1, 0.9, 0.3, 0.55, 1.2, 0.5, 0.8, 0.6}};
  e.masked_mse = 0.4;
  e.confusion = {{3, 1}, {2, 4}};
  e.samples_seen = 1000;
  e.seconds = 60;
  e.test_count = 10;
  e.trial_count = 5;
  e.bayes = BayesScore{{0.61, 0.01, 1.0, 0.01, {}}, 0.615, 0.6, 0.005, 0.07, 100};
  const auto path = (std::filesystem::path(testing::TempDir()) / "evaluation.json").string();
  ASSERT_TRUE(save(e, path).ok());
  const auto read = load_evaluation(path);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(to_json(*read), to_json(e));
  EXPECT_EQ(read->confusion, e.confusion);
  EXPECT_EQ(read->bayes->expected_accuracy, 0.615);
  EXPECT_EQ(read->subject.calibration[1].count, 7);
  EXPECT_EQ(read->check->outsiders[0].flagged, 0.8);
  EXPECT_EQ(read->training_curve[0].trial_cross_entropy, 0.6);
  EXPECT_FALSE(load_evaluation(path + ".missing").ok());
}

TEST(TrainingLog, SkipsWhatIsNoPoint) {
  const TrainingPoint point{7, 1792, 1.5, 1, 2, 3, 0.4, 0.5, 0.6, 0.7, 0.8};
  const auto points =
      training_points(to_json_line(point) + "\nhalf a li\n{\"step\": 1}\n" + to_json_line(point));
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(to_json_line(points[1]), to_json_line(point));
}

}  // namespace
}  // namespace qdose
