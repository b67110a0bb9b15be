#include "qdose/dosing/search.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "tests/support/dosing_population.hpp"

namespace qdose {
namespace {

using namespace qdose::testing;
using ::testing::HasSubstr;

const std::vector<std::vector<double>> without_comedication{{60, 0}, {80, 0}};

/// The dose that keeps the median person, IC50 = 0.5, at the threshold.
double median_dose(double interval, double threshold = 3.3) {
  const double drop = 1 - threshold / 10;
  return 0.5 * drop / (1 - drop) * 2 * std::expm1(0.025 * interval);
}

const DoseAnswer& find(const Doses& doses, const std::string& scenario, const std::string& regimen) {
  return *std::ranges::find_if(
      doses.answers, [&](const DoseAnswer& a) { return a.scenario == scenario && a.regimen == regimen; });
}

Doses search(const Fit& fit, const std::vector<std::vector<double>>& rows, DoseSettings settings,
             const StudiedDoses& studied = {10.0 / 24, 0}) {
  auto doses =
      search_doses(fit.model, rows, studied, {posterior_source(fit, 200)}, settings, silent_progress());
  EXPECT_TRUE(doses.ok()) << describe(doses.errors());
  return std::move(doses).value();
}

TEST(Search, FindsTheLognormalQuantilesOfTheRequiredDose) {
  const Fit fit = known_fit(0.3, 0.1);
  const Doses doses = search(fit, without_comedication, {.grid_weekly = 50, .largest_daily = 30});
  for (const auto& [regimen, interval] : {std::pair{"daily", 24.0}, {"weekly", 168.0}}) {
    const double median = median_dose(interval);
    for (const auto& [scenario, z] : {std::pair{"A", 1.2816}, {"D", 0.6745}}) {
      const DoseAnswer& a = find(doses, scenario, regimen);
      const double exact = median * std::exp(z * std::hypot(0.3, 0.1));
      EXPECT_NEAR(*a.crossing_dose_mg, exact, 0.015 * exact) << regimen << scenario;
      const double grid = interval == 24 ? 0.5 : 50;
      EXPECT_EQ(*a.dose_mg, grid * std::ceil(*a.crossing_dose_mg / grid));
      EXPECT_NEAR(*a.crossing_q5, median * std::exp(z * 0.3 - 1.645 * 0.1), 0.04 * exact);
      EXPECT_NEAR(*a.crossing_q95, median * std::exp(z * 0.3 + 1.645 * 0.1), 0.04 * exact);
      EXPECT_GE(a.attainment.mean, a.target);
    }
  }
}

TEST(Search, CoversEveryScenarioAndRegimen) {
  const Doses doses = search(known_fit(0.3, 0.1), {{60, 0}, {80, 1}}, {.interval = 12, .subjects = 50});
  EXPECT_EQ(doses.answers.size(), 18u);  // A B C D D-B D-C, three regimens each
  const DoseAnswer &a = find(doses, "A", "daily"), &c = find(doses, "C", "daily"),
                   &d = find(doses, "D", "daily");
  EXPECT_GT(*a.dose_mg, *c.dose_mg);  // co-medication doubles IC50
  EXPECT_GT(*a.dose_mg, *d.dose_mg);
  EXPECT_THAT(d.sentence, HasSubstr("mg less than for 90%"));
  EXPECT_TRUE(find(doses, "B", "daily").extrapolates);
  EXPECT_EQ(find(doses, "B", "daily").crossing_dose_mg, a.crossing_dose_mg);  // weight does nothing here
  EXPECT_TRUE(std::ranges::is_sorted(a.curve, {}, &AttainmentPoint::mean));
  EXPECT_FALSE(a.extrapolates);
  EXPECT_TRUE(find(doses, "A", "weekly").extrapolates);
}

TEST(Search, SaysWhenNoDoseIsEnough) {
  const Doses doses =
      search(known_fit(0.3, 0.1), without_comedication, {.largest_daily = 20, .subjects = 50}, {1.0 / 24, 0});
  const DoseAnswer& weekly = find(doses, "A", "weekly");
  EXPECT_FALSE(weekly.dose_mg.has_value());
  EXPECT_FALSE(weekly.crossing_dose_mg.has_value());
  EXPECT_EQ(weekly.attainment.dose_mg, 140);
  EXPECT_THAT(weekly.sentence, HasSubstr("No dose up to 140 mg once weekly"));
  EXPECT_TRUE(weekly.extrapolates);
}

TEST(Search, AboveIsTheMirrorImage) {
  // to keep the biomarker above 3.3 everybody must take less than some dose: none is best
  const Doses doses =
      search(known_fit(0.3, 0.1), without_comedication, {.direction = "above", .subjects = 50});
  const DoseAnswer& a = find(doses, "A", "daily");
  EXPECT_EQ(*a.dose_mg, 0);
  EXPECT_THAT(a.sentence, HasSubstr("Without any drug"));
  EXPECT_TRUE(std::ranges::is_sorted(a.curve, std::greater<>(), &AttainmentPoint::mean));
}

TEST(Search, AMeasuredBiomarkerNeedsHigherDoses) {
  const Fit fit = known_fit(0.3, 0.1);
  const Doses value = search(fit, without_comedication, {.subjects = 100});
  const Doses measured = search(fit, without_comedication, {.subjects = 100, .include_residual = true});
  EXPECT_GT(*find(measured, "A", "daily").crossing_dose_mg,
            1.02 * *find(value, "A", "daily").crossing_dose_mg);
}

TEST(Search, SameNumbersAtAnyThreadCount) {
  const Fit fit = known_fit(0.3, 0.1);
  const Doses one = search(fit, without_comedication, {.subjects = 50, .threads = 1});
  const Doses three = search(fit, without_comedication, {.subjects = 50, .threads = 3});
  for (std::size_t k = 0; k < one.answers.size(); ++k) {
    EXPECT_EQ(one.answers[k].crossing_dose_mg, three.answers[k].crossing_dose_mg);
    EXPECT_EQ(one.answers[k].sentence, three.answers[k].sentence);
  }
}

TEST(Search, TakesCovariatesAndStudiedDosesFromATrial) {
  const Fit fit = known_fit(0.3, 0.1);
  Trial trial;
  trial.covariates = {{"COMED", CovariateKind::categorical, 0, 0, 1},
                      {"BW", CovariateKind::continuous, 70, 60, 80}};
  for (const auto& row : without_comedication) {
    Subject subject;
    subject.covariates = {row[1], row[0]};  // another order than the model's
    for (int d = 0; d < 21; ++d) subject.doses.push_back({24.0 * d, 10, 0});
    trial.subjects.push_back(subject);
  }
  const DoseSettings settings{.subjects = 50};
  const auto doses =
      search_doses(fit.model, trial, {posterior_source(fit, 200)}, settings, silent_progress());
  ASSERT_TRUE(doses.ok()) << describe(doses.errors());
  const Doses rows = search(fit, without_comedication, settings);
  EXPECT_EQ(find(*doses, "A", "daily").crossing_dose_mg, find(rows, "A", "daily").crossing_dose_mg);
  EXPECT_EQ(find(*doses, "A", "daily").sentence, find(rows, "A", "daily").sentence);
  trial.covariates[1].name = "WEIGHT";
  EXPECT_FALSE(
      search_doses(fit.model, trial, {posterior_source(fit, 200)}, settings, silent_progress()).ok());
}

TEST(Search, WrongSettingsAreAllTold) {
  const Fit fit = known_fit(0.3, 0.1);
  const auto doses = search_doses(fit.model, without_comedication, {1, 0}, {posterior_source(fit, 10)},
                                  {.direction = "under", .target = 90, .grid_daily = 0}, silent_progress());
  ASSERT_FALSE(doses.ok());
  EXPECT_EQ(doses.errors().size(), 3u);
}

}  // namespace
}  // namespace qdose
