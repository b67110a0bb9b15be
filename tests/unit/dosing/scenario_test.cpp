#include "qdose/dosing/scenario.hpp"

#include <gmock/gmock.h>

#include <filesystem>

#include "qdose/base/files.hpp"
#include "qdose/dosing/regimen.hpp"
#include "qdose/dosing/scenario_file.hpp"
#include "qdose/dosing/search.hpp"

namespace qdose {
namespace {

using ::testing::HasSubstr;

PopulationModel model_with(const std::vector<std::string>& names) {
  PopulationModel model;
  for (const std::string& name : names) model.covariates.push_back({name, false, 70, 50, 100, {}});
  return model;
}

std::vector<std::string> names_of(const std::vector<Scenario>& scenarios) {
  std::vector<std::string> names;
  for (const Scenario& scenario : scenarios) names.push_back(scenario.name);
  return names;
}

TEST(Scenario, TheChallengesAreFoundByTheNamesOfCovariates) {
  std::vector<std::string> notes;
  const auto all = standard_scenarios(model_with({"AGE", "wt", "ConMed"}), 0.9, 0.75, notes);
  EXPECT_EQ(names_of(all), (std::vector<std::string>{"A", "B", "C", "D", "D-B", "D-C"}));
  EXPECT_TRUE(notes.empty());
  EXPECT_EQ(all[1].changes[0].covariate, 1u);
  EXPECT_EQ(all[4].target, 0.75);
  EXPECT_EQ(names_of(standard_scenarios(model_with({"AGE"}), 0.9, 0.75, notes)),
            (std::vector<std::string>{"A", "D"}));
  EXPECT_EQ(notes.size(), 2u);
}

TEST(Scenario, SameStreamSamePersonInEveryScenario) {
  std::vector<std::string> notes;
  const auto scenarios = standard_scenarios(model_with({"BW", "COMED"}), 0.9, 0.75, notes);
  const std::vector<std::vector<double>> rows{{55, 0}, {65, 1}, {75, 1}, {85, 0}};
  for (std::uint64_t k = 0; k < 200; ++k) {
    const auto draw = [&](std::size_t s) {
      Stream stream(1, Purpose::covariates, k);
      return draw_covariates(scenarios[s], rows, stream);
    };
    const auto a = draw(0), b = draw(1), c = draw(2);
    EXPECT_TRUE(std::ranges::count(rows, a));
    EXPECT_GE(b[0], 70);
    EXPECT_LE(b[0], 140);
    EXPECT_EQ(b[1], a[1]);
    EXPECT_EQ(c[0], a[0]);
    EXPECT_EQ(c[1], 0);
    EXPECT_EQ(draw(3), a);
  }
  EXPECT_FALSE(goes_beyond(scenarios[0], model_with({"BW", "COMED"})));
  EXPECT_TRUE(goes_beyond(scenarios[1], model_with({"BW", "COMED"})));
}

TEST(ScenarioFile, ReadsValuesAndRanges) {
  const std::string path = (std::filesystem::path(::testing::TempDir()) / "qdose_scenarios.json").string();
  ASSERT_TRUE(write_file(path, R"([{"name": "old", "covariates": {"AGE": [65, 80], "BW": 70}},
                                   {"name": "all", "target": 0.5}])")
                  .ok());
  const auto scenarios = load_scenarios(path, model_with({"AGE", "BW"}), 0.9);
  ASSERT_TRUE(scenarios.ok()) << describe(scenarios.errors());
  ASSERT_EQ(scenarios->size(), 2u);
  EXPECT_EQ((*scenarios)[0].changes.size(), 2u);
  EXPECT_EQ((*scenarios)[0].target, 0.9);
  EXPECT_EQ((*scenarios)[1].target, 0.5);

  ASSERT_TRUE(
      write_file(path, R"([{"name": "x", "target": 2, "covariates": {"WB": 3, "BW": [9, 1]}}])").ok());
  const auto wrong = load_scenarios(path, model_with({"AGE", "BW"}), 0.9);
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.errors().size(), 3u);
  EXPECT_THAT(describe(wrong.errors()), HasSubstr("BW"));
  ASSERT_TRUE(write_file(path, "{}").ok());
  EXPECT_FALSE(load_scenarios(path, model_with({}), 0.9).ok());
}

TEST(Regimen, LargestDosesKeepTheAverageAndLieOnTheGrid) {
  const auto list = regimens({.interval = 48}, 10.0 / 24);  // 10 mg a day were studied
  ASSERT_EQ(list.size(), 3u);
  EXPECT_DOUBLE_EQ(list[0].largest, 100);
  EXPECT_DOUBLE_EQ(list[1].largest, 700);
  EXPECT_DOUBLE_EQ(list[2].largest, 200);
  EXPECT_DOUBLE_EQ(list[2].grid, 1);
  EXPECT_EQ(regimens({.interval = 24}, 1).size(), 2u);
  EXPECT_DOUBLE_EQ(regimens({.largest_daily = 12}, 1)[0].largest, 12);
}

TEST(StudiedDoses, AreTheLargestAverageRate) {
  Trial trial;
  Subject placebo, daily, once;
  for (int d = 0; d < 21; ++d) daily.doses.push_back({24.0 * d, 10, 0});
  once.doses = {{0, 6, 0.5}};
  trial.subjects = {placebo, once, daily};
  EXPECT_NEAR(studied_doses(trial).largest_rate, 10.0 / 24, 1e-12);
  EXPECT_EQ(studied_doses(trial).duration, 0);
  EXPECT_EQ(studied_doses(Trial{}).largest_rate, 0);
}

}  // namespace
}  // namespace qdose
