#include "qdose/data/write_trial.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

#include "example_trial.hpp"
#include "qdose/base/random.hpp"
#include "qdose/data/overview.hpp"

namespace qdose {
namespace {

/// A trial of random numbers with full precision.
Trial random_trial(Route route, std::uint64_t seed) {
  Stream random(seed, Purpose::property_test, 0);
  Trial trial;
  trial.name = "t.csv";
  trial.route = route;
  trial.covariates = {{"BW", CovariateKind::continuous, 0, 0, 0},
                      {"SEX", CovariateKind::categorical, 0, 0, 0}};
  for (int i = 0; i < 12; ++i) {
    Subject s;
    s.id = "A, \"" + std::to_string(i) + "\"";
    s.covariates = {random.uniform(50, 100), static_cast<double>(random.below(2))};
    const double level = i % 3;
    for (int d = 0; level > 0 && d < 3; ++d)
      s.doses.push_back({24.0 * d, level + 0.1, route == Route::infusion ? random.uniform(0.5, 2) : 0});
    for (int k = 0; k < 5; ++k) {
      const double time = 24 * k / 3.0;
      const bool limited = route == Route::bolus && k == 4;
      if (level > 0)
        s.concentrations.push_back({time, limited ? 0.25 : random.uniform(1, 10), 0, 0.5, limited});
      s.responses.push_back({time, random.uniform(1, 20), 0});
    }
    trial.subjects.push_back(s);
  }
  return trial;
}

/// What parse_trial derives from the values.
void expect_same(const Trial& a, const Trial& b) {
  EXPECT_EQ(a.route, b.route);
  ASSERT_EQ(a.covariates.size(), b.covariates.size());
  for (std::size_t i = 0; i < a.covariates.size(); ++i) {
    EXPECT_EQ(a.covariates[i].name, b.covariates[i].name);
    EXPECT_EQ(a.covariates[i].kind, b.covariates[i].kind);
  }
  ASSERT_EQ(a.subjects.size(), b.subjects.size());
  for (std::size_t i = 0; i < a.subjects.size(); ++i) {
    const Subject &x = a.subjects[i], &y = b.subjects[i];
    EXPECT_EQ(x.id, y.id);
    EXPECT_EQ(x.covariates, y.covariates);
    ASSERT_EQ(x.doses.size(), y.doses.size());
    for (std::size_t k = 0; k < x.doses.size(); ++k) {
      EXPECT_EQ(x.doses[k].time, y.doses[k].time);
      EXPECT_EQ(x.doses[k].amount, y.doses[k].amount);
      EXPECT_DOUBLE_EQ(x.doses[k].duration, y.doses[k].duration);
    }
    const auto same = [](const Observation& p, const Observation& q) {
      return p.time == q.time && p.value == q.value && p.limit == q.limit && p.below_limit == q.below_limit;
    };
    EXPECT_TRUE(std::ranges::equal(x.concentrations, y.concentrations, same));
    EXPECT_TRUE(std::ranges::equal(x.responses, y.responses, same));
  }
}

TEST(WriteTrial, WhatIsWrittenIsReadBack) {
  for (const Route route : {Route::extravascular, Route::bolus, Route::infusion, Route::unknown})
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      const Trial trial = random_trial(route, seed);
      const auto back = parse_trial(trial_text(trial), "t.csv");
      ASSERT_TRUE(back) << describe(back.errors());
      expect_same(trial, *back);
    }
}

TEST(WriteTrial, ASecondRoundChangesNoByte) {
  const auto first = parse_trial(example_text(), "t.csv");
  ASSERT_TRUE(first);
  const std::string text = trial_text(*first);
  const auto second = parse_trial(text, "t.csv");
  ASSERT_TRUE(second) << describe(second.errors());
  EXPECT_EQ(trial_text(*second), text);
}

TEST(WriteTrial, TheLayoutIsNonmems) {
  const std::string text = trial_text(random_trial(Route::infusion, 1));
  EXPECT_EQ(text.substr(0, text.find('\n')), "ID,BW,SEX,DOSE,TIME,DV,EVID,MDV,AMT,RATE,BLQ,LLOQ,CMT,DVID");
}

TEST(WriteTrial, AFolderThatCannotBeMadeIsAFault) {
  const auto result = write_trial(random_trial(Route::bolus, 1), "/proc/none/trial.csv");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.errors()[0].fault, Fault::file);
}

TEST(Overview, CountsArmsCovariatesAndObservations) {
  const auto trial = parse_trial(example_text(), "t.csv");
  ASSERT_TRUE(trial);
  const TrialOverview s = overview_of(*trial);
  EXPECT_EQ(s.subjects, 6u);
  EXPECT_EQ(s.doses, 8u);
  EXPECT_EQ(s.concentrations, 8u);
  EXPECT_EQ(s.responses, 24u);
  ASSERT_EQ(s.arms.size(), 3u);
  EXPECT_EQ(s.arms[0].dose_level, 0);
  EXPECT_FALSE(s.arms[0].interval_h);
  EXPECT_EQ(s.arms[2].dose_level, 3);
  EXPECT_EQ(s.arms[2].subjects, 2u);
  EXPECT_EQ(s.arms[2].interval_h->low, 24);
  EXPECT_TRUE(s.arms[2].interval_h->is_point());
  EXPECT_EQ(s.times_h.high, 26);
  ASSERT_EQ(s.covariates.size(), 2u);
  EXPECT_EQ(s.covariates[1].levels, (std::vector<std::pair<double, std::size_t>>{{0, 3}, {1, 3}}));
  const std::string text = describe(s);
  EXPECT_THAT(text, testing::HasSubstr("6 subjects, 8 doses, 8 concentrations, 24 biomarker values"));
  EXPECT_THAT(text, testing::HasSubstr("dose 3          2 subjects, 2 doses every 24 h"));
  EXPECT_THAT(text, testing::HasSubstr("route: extravascular"));
}

}  // namespace
}  // namespace qdose
