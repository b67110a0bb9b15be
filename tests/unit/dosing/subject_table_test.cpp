#include "qdose/dosing/subject_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "qdose/dosing/search.hpp"
#include "qdose/dosing/search_plan.hpp"
#include "tests/support/dosing_population.hpp"

namespace qdose {
namespace {

using namespace qdose::testing;

struct Case {
  Fit fit = known_fit(0.3, 0.1);
  std::vector<std::vector<double>> rows{{60, 0}, {80, 1}, {95, 0}};
  DoseSettings settings{.grid_weekly = 50, .largest_daily = 30, .subjects = 400};
  StudiedDoses studied{10.0 / 24, 0};
  PopulationSource source = posterior_source(fit, 200);
  std::vector<std::string> notes;
  std::vector<Scenario> scenarios = usual_scenarios(fit.model, settings, studied, notes);
  std::vector<Regimen> choices = regimens(settings, studied, notes);

  VirtualSubjects table() {
    const TrialPeople people(rows);
    const SearchPlan plan = plan_search(scenarios, choices, fit.model, people, notes);
    auto made =
        tabulate_subjects({fit.model, people, plan.scenarios, choices, settings}, source, silent_progress());
    EXPECT_TRUE(made.ok());
    return std::move(made).value();
  }
  Doses search() {
    auto doses = search_doses(fit.model, rows, studied, {source}, settings, silent_progress(), scenarios);
    EXPECT_TRUE(doses.ok());
    return std::move(doses).value();
  }
};

/// The table counts a part of the very subjects that the search counts: curves agree within the chance of
/// that part.
TEST(SubjectTable, GivesTheAttainmentOfEveryScenarioOfTheSearch) {
  Case c;
  const VirtualSubjects table = c.table();
  ASSERT_EQ(table.scenarios.size(), c.scenarios.size());
  EXPECT_EQ(table.variants(), 4u);
  EXPECT_EQ(table.people(), 3200u);
  const std::size_t at =
      static_cast<std::size_t>(std::ranges::find(table.thresholds, 3.3) - table.thresholds.begin());
  ASSERT_EQ(at, 1u);
  const Doses doses = c.search();
  for (const DoseAnswer& answer : doses.answers) {
    const auto scenario = std::ranges::find(table.scenarios, answer.scenario, &VirtualScenario::name);
    ASSERT_NE(scenario, table.scenarios.end()) << answer.scenario;
    for (const AttainmentPoint& point : answer.curve) {
      const double share = attainment(table, *scenario, answer.regimen == "daily" ? 0 : 1, at, point.dose_mg);
      const double people = answer.scenario.ends_with("B") ? 2000 : 3200;
      EXPECT_NEAR(share, point.mean, 4.5 * std::sqrt(0.25 / people))
          << answer.scenario << " " << point.dose_mg;
    }
  }
}

/// Two scenarios of a user's: one that the variants describe at a threshold of its own, one with lognormal
/// weights.
std::vector<Scenario> own_scenarios() {
  Scenario strict, heavy, exposure;
  strict.name = "strict", strict.changes = {{1, 0, 0, Law::value}};
  strict.endpoint = throughout(Quantity::biomarker, Direction::below, 2.2);
  heavy.name = "heavy", heavy.target = 0.8;
  heavy.changes = {{0, 60, 150, Law::lognormal, 95, 0.15}, {1, 0, 0, Law::levels, 0, 0, {0, 1}, {0.5, 0.5}}};
  exposure.name = "exposure",
  exposure.endpoint = {Quantity::concentration, Measure::auc, Direction::below, 40, 1};
  return {strict, heavy, exposure};
}

TEST(SubjectTable, HoldsTheScenariosOfAUsersFile) {
  Case c;
  c.scenarios = own_scenarios();
  const VirtualSubjects table = c.table();
  ASSERT_EQ(table.scenarios.size(), 2u);  // not the one about exposure
  EXPECT_EQ(table.own, 1u);
  EXPECT_EQ(table.scenarios[1].own, 0);
  EXPECT_EQ(table.thresholds, (std::vector<double>{2.2, 2.5, 3.3, 4.1}));
  for (std::size_t i = 0; i < table.people(); ++i) ASSERT_GE(table.own_values[i], 60);
  const Doses doses = c.search();
  std::size_t compared = 0;
  for (const DoseAnswer& answer : doses.answers) {
    if (answer.scenario == "exposure") continue;
    const VirtualScenario& scenario = table.scenarios[answer.scenario == "heavy"];
    const std::size_t threshold = answer.scenario == "heavy" ? 2 : 0;
    for (const AttainmentPoint& point : answer.curve) {
      const double share =
          attainment(table, scenario, answer.regimen == "daily" ? 0 : 1, threshold, point.dose_mg);
      EXPECT_NEAR(share, point.mean, 4.5 * std::sqrt(0.25 / 3200)) << answer.scenario << " " << point.dose_mg;
      ++compared;
    }
  }
  EXPECT_GT(compared, 40u);
}

TEST(SubjectTable, AStricterThresholdNeedsMore) {
  Case c;
  const VirtualSubjects table = c.table();
  const VirtualScenario& all = table.scenarios.front();
  for (const double dose : {1.0, 1.5, 2.5}) {
    EXPECT_LT(attainment(table, all, 0, 0, dose), attainment(table, all, 0, 1, dose));
    EXPECT_LT(attainment(table, all, 0, 1, dose), attainment(table, all, 0, 2, dose));
  }
}

TEST(SubjectTable, SameNumbersAtAnyThreadCountAndWithoutCovariates) {
  Case c;
  const VirtualSubjects one = c.table();
  c.settings.threads = 3;
  EXPECT_EQ(c.table().doses, one.doses);
  Case bare;
  bare.fit.model.covariates.clear(), bare.fit.model.effects.clear();
  for (PopulationDraw& draw : bare.fit.draws) draw.beta.clear();
  bare.rows = {{}, {}};
  bare.scenarios = usual_scenarios(bare.fit.model, bare.settings, bare.studied, bare.notes);
  const VirtualSubjects table = bare.table();
  EXPECT_EQ(table.variants(), 1u);
  EXPECT_EQ(table.scenarios.size(), 2u);
  EXPECT_GT(attainment(table, table.scenarios.front(), 0, 1, 20), 0.9);
}

}  // namespace
}  // namespace qdose
