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
  e.subject = {0.6, 0.01, 1.1, 0.02};
  e.trial = {0.9, 0.02, 0.3, 0.01};
  e.masked_mse = 0.4;
  e.confusion = {{3, 1}, {2, 4}};
  e.samples_seen = 1000;
  e.seconds = 60;
  e.test_count = 10;
  e.trial_count = 5;
  e.bayes = BayesScore{{0.61, 0.01, 1.0, 0.01}, 0.615, 0.6, 0.005, 0.07, 100};
  const auto path = (std::filesystem::path(testing::TempDir()) / "evaluation.json").string();
  ASSERT_TRUE(save(e, path).ok());
  const auto read = load_evaluation(path);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(to_json(*read), to_json(e));
  EXPECT_EQ(read->confusion, e.confusion);
  EXPECT_EQ(read->bayes->expected_accuracy, 0.615);
  EXPECT_FALSE(load_evaluation(path + ".missing").ok());
}

}  // namespace
}  // namespace qdose
