#include "qdose/dosing/truth_source.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "qdose/base/files.hpp"
#include "qdose/dosing/search.hpp"
#include "qdose/simulate/virtual_trial.hpp"
#include "tests/support/true_attainment.hpp"

namespace qdose {
namespace {

/// The answer from a truth file by the search, against brute force on the truth itself.
TEST(TruthSource, AnswersAsBruteForceOnTheTruth) {
  const VirtualTrialSettings settings;
  const auto design = design_of(settings);
  const auto truth = truth_of(settings);
  const auto made = simulate_trial(*design, *truth, 3);
  ASSERT_TRUE(made.ok());
  const std::string path = (std::filesystem::path(::testing::TempDir()) / "qdose_truth.json").string();
  ASSERT_TRUE(write_file(path, truth_json(*made, *design, 3)).ok());
  PopulationModel like;
  like.covariates = {{"BW", false, 70, 50, 100, {}}, {"COMED", true, 0, 0, 1, {0, 1}}};
  const auto fit = load_truth(path, like);
  ASSERT_TRUE(fit.ok()) << describe(fit.errors());

  Scenario everybody{
      "A", "the true population", {{0, 50, 100}, {1, 0, 0, Law::levels, 0, 0, {0, 1}, {0.5, 0.5}}}, 0.9};
  everybody.endpoint = throughout(Quantity::biomarker, made->keep_below ? Direction::below : Direction::above,
                                  made->threshold);
  const auto doses =
      search_doses(fit->model, {{60, 0}, {90, 1}}, {10.0 / 24, 0}, {posterior_source(*fit, 200)},
                   {.subjects = 104, .sensitivity = false}, silent_progress(), {everybody});
  ASSERT_TRUE(doses.ok());
  for (const DoseAnswer& answer : doses->answers) {
    DosingQuestion question{made->threshold, made->keep_below, answer.interval_h};
    for (const std::size_t k : {answer.curve.size() / 12, answer.curve.size() / 6, answer.curve.size() / 3}) {
      const AttainmentPoint& point = answer.curve[k];
      const double exact =
          true_attainment(made->truth, made->reference_weight, question, point.dose_mg, 16000, 5);
      EXPECT_NEAR(point.mean, exact, 0.015) << answer.regimen << " " << point.dose_mg;
    }
  }
}

TEST(TruthSource, RefusesWhatIsNoTruth) {
  const std::string path = (std::filesystem::path(::testing::TempDir()) / "qdose_no_truth.json").string();
  ASSERT_TRUE(write_file(path, "{\"pk_class\": \"pk_1c_iv\"}").ok());
  EXPECT_FALSE(load_truth(path, {}).ok());
  EXPECT_FALSE(load_truth("/nonexistent.json", {}).ok());
}

}  // namespace
}  // namespace qdose
