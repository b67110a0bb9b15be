#include "qdose/dosing/scenario.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>
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

const StandardQuestion question{throughout(Quantity::biomarker, Direction::below, 3.3), 0.9, 0.75};

TEST(Scenario, TheChallengesAreFoundByTheNamesOfCovariates) {
  std::vector<std::string> notes;
  const auto all = standard_scenarios(model_with({"AGE", "wt", "ConMed"}), question, notes);
  EXPECT_EQ(names_of(all), (std::vector<std::string>{"A", "B", "C", "D", "D-B", "D-C"}));
  EXPECT_TRUE(notes.empty());
  EXPECT_EQ(all[1].changes[0].covariate, 1u);
  EXPECT_EQ(all[4].target, 0.75);
  EXPECT_EQ(names_of(standard_scenarios(model_with({"AGE"}), question, notes)),
            (std::vector<std::string>{"A", "D"}));
  ASSERT_EQ(notes.size(), 2u);
  EXPECT_THAT(notes[0], HasSubstr("scenario B (body weight 70-140 kg) is left out"));
  EXPECT_THAT(notes[1], HasSubstr("it has AGE"));
  PopulationModel coded = model_with({"COMED"});
  coded.covariates[0].categorical = true, coded.covariates[0].levels = {1, 2};
  notes.clear();
  EXPECT_EQ(standard_scenarios(coded, question, notes).size(), 2u);
  EXPECT_THAT(notes.back(), HasSubstr("no level 0"));
}

TEST(Scenario, SameStreamSamePersonInEveryScenario) {
  std::vector<std::string> notes;
  const auto scenarios = standard_scenarios(model_with({"BW", "COMED"}), question, notes);
  const std::vector<std::vector<double>> rows{{55, 0}, {65, 1}, {75, 1}, {85, 0}};
  const TrialPeople people(rows);
  for (std::uint64_t k = 0; k < 200; ++k) {
    const auto draw = [&](std::size_t s) {
      Stream stream(1, Purpose::covariates, k);
      return draw_covariates(scenarios[s], people, stream);
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

TEST(Scenario, PeopleWhoKeepTheirRankKeepTheCorrelation) {
  std::vector<std::vector<double>> rows;  // the second covariate rises with the first
  for (int i = 0; i < 20; ++i) rows.push_back({60.0 + i, i < 10 ? 0.0 : 1.0});
  const TrialPeople people(rows);
  EXPECT_GT(people.strongest_correlation(0), 0.8);
  Scenario scenario{"x", "x", {{0, 70, 140}}};
  scenario.changes[0].keeps_rank = true;
  double lowest_of_ones = 1000, sum = 0;
  for (std::uint64_t k = 0; k < 2000; ++k) {
    Stream stream(1, Purpose::covariates, k);
    const auto row = draw_covariates(scenario, people, stream);
    if (row[1] == 1) lowest_of_ones = std::min(lowest_of_ones, row[0]);
    sum += row[0];
  }
  EXPECT_GE(lowest_of_ones, 105);     // the heavier half of 70-140
  EXPECT_NEAR(sum / 2000, 105, 1.5);  // the law asked for
}

/// The share of each person in a population, by drawing evenly.
std::vector<double> shares_of(const TrialPeople& people) {
  constexpr int draws = 4000;
  std::vector<double> shares(people.rows().size());
  for (int k = 0; k < draws; ++k) shares[people.person((k + 0.5) / draws)] += 1.0 / draws;
  return shares;
}

TEST(TrialPeople, ResampledSharesHaveTheMomentsOfADirichletLaw) {
  const TrialPeople people({{50}, {60}, {70}, {80}, {90}});
  for (const double share : shares_of(people)) EXPECT_NEAR(share, 0.2, 1e-3);
  constexpr std::size_t populations = 4000;
  double mean = 0, square = 0, product = 0;
  for (std::size_t r = 0; r < populations; ++r) {
    const auto shares = shares_of(people.resampled(Stream(3, Purpose::bootstrap, r, 1)));
    mean += shares[1] / populations, square += shares[1] * shares[1] / populations;
    product += shares[1] * shares[4] / populations;
  }
  EXPECT_NEAR(mean, 1.0 / 5, 0.01);
  EXPECT_NEAR(square - mean * mean, 4.0 / (25 * 6), 0.002);  // (n - 1) / (n^2 (n + 1))
  EXPECT_NEAR(product - 1.0 / 25, -1.0 / (25 * 6), 0.0015);  // -1 / (n^2 (n + 1))
}

TEST(TrialPeople, AResampledPopulationStillFollowsALawThatKeepsRanks) {
  std::vector<std::vector<double>> rows;
  for (int i = 0; i < 6; ++i) rows.push_back({60.0 + i % 4, i < 3 ? 0.0 : 1.0});
  const TrialPeople people = TrialPeople(rows).resampled(Stream(1, Purpose::bootstrap, 5, 1));
  Scenario scenario{"x", "x", {{0, 70, 140}}};
  scenario.changes[0].keeps_rank = true;
  std::vector<double> drawn;
  for (std::uint64_t k = 0; k < 4000; ++k) {
    Stream stream(1, Purpose::covariates, k);
    drawn.push_back(draw_covariates(scenario, people, stream)[0]);
  }
  std::ranges::sort(drawn);
  for (const double level : {0.1, 0.3, 0.5, 0.7, 0.9})
    EXPECT_NEAR(drawn[static_cast<std::size_t>(4000 * level)], 70 + 70 * level, 2) << level;
}

TEST(CovariateLaw, QuantilesAreThoseOfTheLaws) {
  const CovariateChange normal{0, 0, 0, Law::normal, 80, 10};
  EXPECT_NEAR(quantile(normal, 0.5), 80, 1e-6);
  EXPECT_NEAR(quantile(normal, 0.975), 80 + 19.59964, 1e-4);
  const CovariateChange within{0, 75, 90, Law::normal, 80, 10};
  EXPECT_GE(quantile(within, 1e-6), 75);
  EXPECT_LE(quantile(within, 1 - 1e-6), 90);
  const CovariateChange lognormal{0, 0, 0, Law::lognormal, 80, 0.2};
  EXPECT_NEAR(quantile(lognormal, 0.975), 80 * std::exp(0.2 * 1.959964), 1e-3);
  const CovariateChange levels{0, 0, 0, Law::levels, 0, 0, {0, 1, 3}, {0.2, 0.5, 0.3}};
  EXPECT_EQ(quantile(levels, 0.1), 0);
  EXPECT_EQ(quantile(levels, 0.6), 1);
  EXPECT_EQ(quantile(levels, 0.9), 3);
}

class ScenarioFile : public ::testing::Test {
 protected:
  Result<std::vector<Scenario>> load(const std::string& text) {
    const std::string path = (std::filesystem::path(::testing::TempDir()) / "qdose_scenarios.toml").string();
    EXPECT_TRUE(write_file(path, text).ok());
    return load_scenarios(path, model_with({"AGE", "BW"}), {}, {10.0 / 24, 0});
  }
};

TEST_F(ScenarioFile, LeavesToTheSettingsWhatItDoesNotSay) {
  const auto scenarios = load(
      "[[scenario]]\nname = 'old'\n[scenario.covariates]\nAGE = [65, 80]\nBW = 70\n"
      "[[scenario]]\ntarget = 0.5\n");
  ASSERT_TRUE(scenarios.ok()) << describe(scenarios.errors());
  ASSERT_EQ(scenarios->size(), 2u);
  const Scenario& old = (*scenarios)[0];
  ASSERT_EQ(old.changes.size(), 2u);
  EXPECT_EQ(old.changes[0].law, Law::uniform);
  EXPECT_EQ(old.changes[1].law, Law::value);
  EXPECT_EQ(old.target, 0.9);
  EXPECT_EQ(old.endpoint, throughout(Quantity::biomarker, Direction::below, 3.3));
  EXPECT_TRUE(old.regimens.empty());
  EXPECT_EQ((*scenarios)[1].target, 0.5);
  EXPECT_EQ((*scenarios)[1].name, "scenario 2");
}

TEST_F(ScenarioFile, TheExampleSaysEverything) {
  const char* source = std::getenv("QDOSE_SOURCE_DIR");
  ASSERT_NE(source, nullptr);
  const auto scenarios = load_scenarios(std::string(source) + "/data/scenarios.toml",
                                        model_with({"BW", "COMED"}), {}, {10.0 / 24, 0});
  ASSERT_TRUE(scenarios.ok()) << describe(scenarios.errors());
  ASSERT_GE(scenarios->size(), 3u);
  for (const Scenario& scenario : *scenarios) EXPECT_FALSE(scenario.regimens.empty());
}

TEST_F(ScenarioFile, ReadsRegimensEndpointsAndLimits) {
  const auto scenarios = load(R"(
[endpoint]
measure = "time"
direction = "above"
threshold = 2
share = 0.8
[safety]
threshold = 12
population = 0.99
[[regimen]]
name = "loaded"
interval = 48
infusion = 2
loading = 3
number = 2
grid = 0.25
largest = 10
[[scenario]]
[scenario.endpoint]
quantity = "concentration"
measure = "auc"
[scenario.covariates]
BW = { law = "lognormal", median = 80, cv = 0.2, low = 40, high = 160 }
AGE = { law = "levels", levels = [30, 60], shares = [0.25, 0.75] }
)");
  ASSERT_TRUE(scenarios.ok()) << describe(scenarios.errors());
  const Scenario& s = scenarios->front();
  EXPECT_EQ(s.endpoint, (Endpoint{Quantity::concentration, Measure::auc, Direction::above, 2, 0.8}));
  ASSERT_TRUE(s.safety.has_value());
  EXPECT_EQ(s.safety->share, 0.99);
  EXPECT_EQ(s.safety->endpoint, (Endpoint{Quantity::concentration, Measure::peak, Direction::below, 12, 1}));
  ASSERT_EQ(s.regimens.size(), 1u);
  EXPECT_EQ(s.regimens[0].repetition, (Repetition{48, 2, 3, 2}));
  EXPECT_EQ(s.regimens[0].grid, 0.25);
  EXPECT_EQ(s.regimens[0].largest, 10);
  EXPECT_EQ(s.changes[0].law, Law::levels);  // in the order of their names
  EXPECT_NEAR(s.changes[1].spread, std::sqrt(std::log(1.04)), 1e-12);
}

TEST_F(ScenarioFile, TellsEveryFaultWithItsPlace) {
  const auto wrong = load(R"(
treshold = 3
[[scenario]]
target = 2
[scenario.covariates]
WB = 3
BW = [9, 1]
[scenario.endpoint]
measure = "whole"
)");
  ASSERT_FALSE(wrong.ok());
  const std::string told = describe(wrong.errors());
  EXPECT_EQ(wrong.errors().size(), 5u) << told;
  EXPECT_THAT(told, HasSubstr("qdose_scenarios.toml:4:"));
  EXPECT_THAT(told, HasSubstr("unknown key 'treshold'"));
  EXPECT_THAT(told, HasSubstr("did you mean 'BW'?"));
  EXPECT_FALSE(load("").ok());
  EXPECT_FALSE(load("[[scenario").ok());
  EXPECT_FALSE(load("# \xff\xfe").ok());
}

TEST(Regimen, LargestDosesKeepTheAverageAndLieOnTheGrid) {
  std::vector<std::string> notes;
  const auto list = regimens({.interval = 48}, {10.0 / 24}, notes);  // 10 mg a day were studied
  ASSERT_EQ(list.size(), 3u);
  EXPECT_DOUBLE_EQ(list[0].largest, 100);
  EXPECT_DOUBLE_EQ(list[1].largest, 700);
  EXPECT_DOUBLE_EQ(list[2].largest, 200);
  EXPECT_DOUBLE_EQ(list[0].grid, 0.5);
  EXPECT_DOUBLE_EQ(list[1].grid, 5);
  EXPECT_DOUBLE_EQ(list[2].grid, 1);
  EXPECT_EQ(regimens({.interval = 24}, {1}, notes).size(), 2u);
  EXPECT_DOUBLE_EQ(regimens({.largest_daily = 12}, {1}, notes)[0].largest, 12);
  EXPECT_TRUE(notes.empty());
}

TEST(Regimen, TheGridSuitsTheUnitOfTheDoses) {
  for (const auto& [daily, grid] : {std::pair{10000.0, 500.0}, {0.02, 0.001}, {3.0, 0.5}, {100.0, 0.5}}) {
    std::vector<std::string> notes;
    const auto list = regimens({}, {daily / 24}, notes);
    EXPECT_DOUBLE_EQ(list[0].grid, grid) << daily;
    EXPECT_DOUBLE_EQ(list[1].grid, 10 * grid) << daily;
    EXPECT_EQ(notes.empty(), grid == 0.5) << daily;
  }
  std::vector<std::string> notes;  // who insists on a grid is told, and gets it
  EXPECT_DOUBLE_EQ(regimens({.grid_daily = 0.5}, {0.02 / 24}, notes)[0].grid, 0.5);
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_THAT(notes[0], HasSubstr("--grid-daily 0.001"));
}

TEST(StudiedDoses, AreTheLargestAverageRate) {
  Trial trial;
  Subject placebo, daily, once;
  for (int d = 0; d < 21; ++d) daily.doses.push_back({24.0 * d, 10, 0});
  once.doses = {{0, 6, 0.5}};
  daily.concentrations = {{1, 0.5, 0}, {2, 0.75, 0}};
  placebo.responses = {{1, 12, 0}, {2, 7, 0}};
  trial.subjects = {placebo, once, daily};
  EXPECT_NEAR(studied_doses(trial).largest_rate, 10.0 / 24, 1e-12);
  EXPECT_EQ(studied_doses(trial).duration, 0);
  EXPECT_EQ(studied_doses(trial).largest_concentration, 0.75);
  EXPECT_EQ(studied_doses(trial).smallest_response, 7);
  EXPECT_EQ(studied_doses(trial).largest_response, 12);
  EXPECT_EQ(studied_doses(Trial{}).largest_rate, 0);
}

}  // namespace
}  // namespace qdose
