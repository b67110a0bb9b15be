#include "qdose/dosing/search.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "qdose/dosing/answer.hpp"
#include "tests/support/dosing_population.hpp"

namespace qdose {
namespace {

using namespace qdose::testing;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

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
             const StudiedDoses& studied = {10.0 / 24, 0}, const std::vector<Scenario>& scenarios = {}) {
  auto doses = search_doses(fit.model, rows, studied, {posterior_source(fit, 200)}, settings,
                            silent_progress(), scenarios);
  EXPECT_TRUE(doses.ok()) << describe(doses.errors());
  return std::move(doses).value();
}

TEST(Search, FindsTheLognormalQuantilesOfTheRequiredDose) {
  const Fit fit = known_fit(0.3, 0.1);
  const Doses doses = search(fit, without_comedication,
                             {.grid_weekly = 50, .largest_daily = 30, .subjects = 304, .sensitivity = false});
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
  const Doses doses =
      search(known_fit(0.3, 0.1), {{60, 0}, {80, 1}}, {.interval = 12, .subjects = 50, .sensitivity = false});
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

/// The dose that keeps three quarters of a population of which a share has twice the IC50.
double dose_for_mixture(double share, double spread) {
  const auto below = [&](double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); };
  double low = -3, high = 3;  // of the logarithm, relative to the median without co-medication
  while (high - low > 1e-9) {
    const double middle = 0.5 * (low + high);
    const double kept =
        share * below((middle - std::log(2.0)) / spread) + (1 - share) * below(middle / spread);
    (kept < 0.75 ? low : high) = middle;
  }
  return median_dose(24) * std::exp(low);
}

TEST(Search, TheBandCarriesThatTheTrialsPeopleAreASample) {
  // the parameters are known; of ten people five have co-medication, so the share is Beta(5, 5)
  const Fit fit = known_fit(0.3, 0.001);
  std::vector<std::vector<double>> rows;
  for (int i = 0; i < 10; ++i) rows.push_back({60.0 + i, i % 2 ? 1.0 : 0.0});
  const auto band = [&](bool own_people) {
    Scenario scenario{"D", "like the trial's", {}, 0.75};
    scenario.endpoint = throughout(Quantity::biomarker, Direction::below, 3.3);
    scenario.regimens = {{"daily", {24, 0}, 0.5, 30, "once daily"}};
    const Doses doses = search(fit, rows, {.subjects = 2000, .own_people = own_people, .sensitivity = false},
                               {10.0 / 24, 0}, {scenario});
    const DoseAnswer& d = find(doses, "D", "daily");
    return std::pair(*d.crossing_q5, *d.crossing_q95);
  };
  const auto sample = band(false), own = band(true);
  EXPECT_NEAR(sample.first, dose_for_mixture(0.2514, 0.3), 0.03 * sample.first);
  EXPECT_NEAR(sample.second, dose_for_mixture(0.7486, 0.3), 0.03 * sample.second);
  EXPECT_NEAR(own.first, dose_for_mixture(0.5, 0.3), 0.02 * own.first);
  EXPECT_NEAR(own.second, dose_for_mixture(0.5, 0.3), 0.02 * own.second);
}

TEST(Search, SaysWhetherTheChainsAgreeAboutTheDose) {
  Fit fit = known_fit(0.3, 0.1);
  fit.chains = 4, fit.draws_per_chain = 100;
  const DoseSettings settings{.subjects = 200, .sensitivity = false};
  Doses doses = search(fit, without_comedication, settings);
  const DoseAnswer a = find(doses, "A", "daily");
  ASSERT_EQ(a.crossing_by_chain.size(), 4u);
  for (const auto& dose : a.crossing_by_chain) EXPECT_NEAR(*dose, *a.crossing_dose_mg, 0.05 * *dose);
  EXPECT_FALSE(chains_disagree(a));
  EXPECT_THAT(doses.notes, Not(Contains(HasSubstr("disagree"))));

  for (std::size_t d = 100; d < 200; ++d) fit.draws[d].typical[4] += 0.5;
  doses = search(fit, without_comedication, settings);
  const DoseAnswer b = find(doses, "A", "daily");
  EXPECT_NEAR(*b.crossing_by_chain[1] / *b.crossing_by_chain[0], std::exp(0.5), 0.1);
  EXPECT_TRUE(chains_disagree(b));
  EXPECT_THAT(doses.notes, Contains(HasSubstr("disagree about scenario A, daily")));
}

TEST(Search, SaysWhenNoDoseIsEnough) {
  const Doses doses = search(known_fit(0.3, 0.1), without_comedication,
                             {.largest_daily = 20, .subjects = 50, .sensitivity = false}, {1.0 / 24, 0});
  const DoseAnswer& weekly = find(doses, "A", "weekly");
  EXPECT_FALSE(weekly.dose_mg.has_value());
  EXPECT_FALSE(weekly.crossing_dose_mg.has_value());
  EXPECT_EQ(weekly.attainment.dose_mg, 140);
  EXPECT_THAT(weekly.sentence, HasSubstr("No dose up to 140 mg once weekly"));
  EXPECT_TRUE(weekly.extrapolates);
}

TEST(Search, AboveIsTheMirrorImage) {
  // to keep the biomarker above 3.3 everybody must take less than some dose: none is best
  const Doses doses = search(known_fit(0.3, 0.1), without_comedication,
                             {.direction = "above", .subjects = 50, .sensitivity = false});
  const DoseAnswer& a = find(doses, "A", "daily");
  EXPECT_EQ(*a.dose_mg, 0);
  EXPECT_THAT(a.sentence, HasSubstr("Without any drug"));
  EXPECT_TRUE(std::ranges::is_sorted(a.curve, std::greater<>(), &AttainmentPoint::mean));
}

TEST(Search, AMeasuredBiomarkerNeedsHigherDoses) {
  const Fit fit = known_fit(0.3, 0.1);
  const Doses value = search(fit, without_comedication, {.subjects = 100, .sensitivity = false});
  const Doses measured =
      search(fit, without_comedication, {.subjects = 100, .include_residual = true, .sensitivity = false});
  EXPECT_GT(*find(measured, "A", "daily").crossing_dose_mg,
            1.02 * *find(value, "A", "daily").crossing_dose_mg);
}

TEST(Search, TheResidualErrorIsOfTheFitsKind) {
  // the highest value of the interval times exp(0.3 z) stays below the threshold: two lognormal spreads
  Fit fit = known_fit(0.3, 0.05);
  fit.model.pd_error = ErrorKind::log_normal;
  for (PopulationDraw& draw : fit.draws) draw.pd_proportional = 0.05;
  const Doses found =
      search(fit, without_comedication, {.subjects = 304, .include_residual = true, .sensitivity = false});
  double share = 0;
  const double dose = 3;
  for (std::uint64_t k = 0; k < 40000; ++k) {
    Stream stream(8, Purpose::property_test, k);
    const double ic50 = 0.5 * std::exp(std::hypot(0.3, 0.05) * stream.normal());
    const double end = dose / 2 / std::expm1(0.6);
    share += 10 * ic50 / (ic50 + end) * std::exp(0.05 * stream.normal()) < 3.3;
  }
  const auto& curve = find(found, "A", "daily").curve;
  EXPECT_NEAR(std::ranges::find(curve, dose, &AttainmentPoint::dose_mg)->mean, share / 40000, 0.01);
}

TEST(Search, SameNumbersAtAnyThreadCount) {
  const Fit fit = known_fit(0.3, 0.1);
  const Doses one = search(fit, without_comedication, {.subjects = 50, .sensitivity = false, .threads = 1});
  const Doses three = search(fit, without_comedication, {.subjects = 50, .sensitivity = false, .threads = 3});
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
  const DoseSettings settings{.subjects = 50, .sensitivity = false};
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

TEST(Search, UnitsAreOnlyLabels) {
  // the same drug with doses in micrograms and a biomarker in other units
  const Fit milligrams = known_fit(0.3, 0.1);
  Fit micrograms = milligrams;
  for (PopulationDraw& draw : micrograms.draws) draw.typical[4] += std::log(1000.0);
  micrograms.model.parameters[2].value = 10 * 500;
  DoseSettings settings{.subjects = 50, .sensitivity = false};
  const Doses small = search(milligrams, without_comedication, settings);
  settings.threshold = 3.3 * 500, settings.dose_unit = "ug";
  const Doses large = search(micrograms, without_comedication, settings, {10000.0 / 24, 0});
  const DoseAnswer &a = find(small, "A", "daily"), &b = find(large, "A", "daily");
  EXPECT_NEAR(*b.crossing_dose_mg, 1000 * *a.crossing_dose_mg, 0.05 * *a.crossing_dose_mg);
  EXPECT_EQ(*b.dose_mg, 1000 * *a.dose_mg);
  EXPECT_THAT(b.sentence, HasSubstr(" ug once daily"));
  EXPECT_THAT(large.notes, Contains(HasSubstr("multiples of 500 ug")));
}

TEST(Search, ASafetyLimitRefusesADoseAndSaysWhichWouldBeSafe) {
  Scenario scenario{"A", "all", {}, 0.9};
  scenario.safety = SafetyLimit{{Quantity::concentration, Measure::peak, Direction::below, 1.5, 1}, 0.95};
  const Doses limited = search(known_fit(0.3, 0.1), without_comedication,
                               {.subjects = 50, .sensitivity = false}, {10.0 / 24, 0}, {scenario});
  const DoseAnswer& a = find(limited, "A", "daily");
  // the peak of everybody is dose / 2 / (1 - exp(-0.6)) = 1.108 dose
  ASSERT_TRUE(a.safety.has_value());
  EXPECT_EQ(a.safety->largest_dose_mg, 1.0);
  EXPECT_FALSE(a.dose_mg.has_value());
  EXPECT_GT(*a.safety->efficacy_dose_mg, 1);
  EXPECT_EQ(a.attainment.dose_mg, 1.0);
  EXPECT_THAT(a.sentence, HasSubstr("the largest dose within it is 1 mg"));
  scenario.safety->endpoint.threshold = 100;
  const Doses free = search(known_fit(0.3, 0.1), without_comedication, {.subjects = 50, .sensitivity = false},
                            {10.0 / 24, 0}, {scenario});
  EXPECT_EQ(find(free, "A", "daily").dose_mg, a.safety->efficacy_dose_mg);
}

TEST(Search, AnEffectThatSaturatesHasNoDose) {
  Fit fit = known_fit(0.3, 0.1);
  fit.model.parameters[3].value = 0.6;  // Imax: the biomarker never falls below 4
  const Doses doses = search(fit, without_comedication, {.subjects = 50, .sensitivity = false});
  const DoseAnswer& a = find(doses, "A", "daily");
  EXPECT_FALSE(a.dose_mg.has_value());
  EXPECT_EQ(a.attainment.mean, 0);
  for (const AssuredDose& assured : a.assured) EXPECT_FALSE(assured.dose_mg.has_value());
}

TEST(Search, AssuredDosesAreLarger) {
  const Doses doses =
      search(known_fit(0.3, 0.2), without_comedication, {.subjects = 100, .sensitivity = false});
  const DoseAnswer& a = find(doses, "A", "weekly");
  ASSERT_EQ(a.assured.size(), 2u);
  EXPECT_GE(*a.assured[0].dose_mg, *a.dose_mg);
  EXPECT_GE(*a.assured[1].dose_mg, *a.assured[0].dose_mg);
  EXPECT_GT(*a.assured[1].dose_mg, *a.crossing_dose_mg);
}

TEST(Search, RoundsGoOnUntilTheErrorIsSmall) {
  const Fit fit = known_fit(0.3, 0.3);
  const auto replicates = [&](double error) {
    DoseSettings settings{.replicates = 50, .most_replicates = 400, .subjects = 50, .sensitivity = false};
    settings.mc_error = error;
    const auto doses = search_doses(fit.model, without_comedication, {10.0 / 24, 0},
                                    {posterior_source(fit, 400)}, settings, silent_progress());
    EXPECT_TRUE(doses.ok());
    const DoseAnswer& a = find(*doses, "A", "daily");
    if (a.replicates < 400) {
      EXPECT_LE(a.mc_error, error * 1.05);
    }
    return a.replicates;
  };
  EXPECT_EQ(replicates(0.1), 50u);
  EXPECT_GT(replicates(0.01), 50u);
  EXPECT_EQ(replicates(0.0005), 400u);
}

TEST(Search, ModelsAreAveragedByWeight) {
  Fit one = known_fit(0.3, 0.05), other = one;
  for (PopulationDraw& draw : other.draws) draw.typical[4] += std::log(4.0);
  PopulationSource likely = posterior_source(one, 200), unlikely = posterior_source(other, 200);
  likely.weight = 0.85, unlikely.weight = 0.15;
  const auto doses = search_doses(one.model, without_comedication, {10.0 / 24, 0}, {likely, unlikely},
                                  {.subjects = 50, .sensitivity = false}, silent_progress());
  ASSERT_TRUE(doses.ok());
  EXPECT_EQ(doses->models.size(), 2u);
  const Doses alone = search(one, without_comedication, {.subjects = 50, .sensitivity = false});
  const DoseAnswer &mixed = find(*doses, "A", "daily"), &single = find(alone, "A", "daily");
  EXPECT_GT(*mixed.crossing_dose_mg, 1.5 * *single.crossing_dose_mg);  // 90% needs the unlikely model too
  EXPECT_NEAR(find(*doses, "D", "daily").probability_target_met, 0.85, 0.1);
  EXPECT_EQ(doses->answers.size(), alone.answers.size());
}

TEST(Search, TellsWhatStandsBesideTheAnswer) {
  const Fit fit = known_fit(0.3, 0.1);
  PopulationSource kernel = posterior_source(fit, 200);
  kernel.name = "kernel";
  kernel.individual = [&fit](std::size_t, std::span<const double> covariates, Stream& stream) {
    auto draw = fit.draws[0];
    draw.typical[4] = std::log(0.8), draw.omega[4] = 0.6;
    auto x = covariate_mean(fit.model, draw, {covariates.begin(), covariates.end()});
    for (std::size_t p = 0; p < x.size(); ++p) x[p] += draw.omega[p] * stream.normal();
    return natural_parameters(fit.model, x);
  };
  const auto doses = search_doses(fit.model, without_comedication, {10.0 / 24, 0, 1.0},
                                  {posterior_source(fit, 200), kernel}, {.subjects = 100}, silent_progress());
  ASSERT_TRUE(doses.ok());
  const DoseAnswer& a = find(*doses, "A", "daily");
  ASSERT_TRUE(a.exposure.has_value());
  EXPECT_NEAR(a.exposure->c_max.q50, *a.dose_mg / 2 / -std::expm1(-0.6), 0.01 * *a.dose_mg);
  EXPECT_NEAR(a.exposure->c_mean.q50, *a.dose_mg / 0.05 / 24, 0.01 * *a.dose_mg);
  EXPECT_EQ(a.exposure->above_studied, 1);  // everybody's peak is above 1
  EXPECT_EQ(a.exposure->time_h.size(), a.exposure->biomarker.q95.size());
  ASSERT_FALSE(doses->differences.empty());
  EXPECT_NEAR(doses->differences[0].centre_ratio, 1.6, 0.1);
  EXPECT_NEAR(doses->differences[0].spread_ratio, 2, 0.2);
  ASSERT_FALSE(doses->comparisons.empty());
  EXPECT_GT(doses->comparisons[0].c_max_ratio, 1);
  // the grid's next dose after the median person's: the lognormal share below 2 mg
  ASSERT_FALSE(doses->point_predictions.empty());
  EXPECT_EQ(*doses->point_predictions[0].dose_mg, 2);
  EXPECT_NEAR(doses->point_predictions[0].covered_mean,
              0.5 * std::erfc(-std::log(2 / median_dose(24)) / std::hypot(0.3, 0.1) / std::sqrt(2.0)), 0.03);
  ASSERT_TRUE(doses->surface.has_value());
  EXPECT_EQ(doses->surface->attainment.size(), doses->surface->values.size());
  std::vector<std::string> told;
  for (const SensitivityRow& row : doses->sensitivity) {
    told.push_back(row.assumption);
    if (row.assumption == "a fifth more spread between people" && row.scenario == "A") {
      const double change = std::exp(1.2816 * (std::hypot(0.36, 0.1) - std::hypot(0.3, 0.1)));
      EXPECT_NEAR(*row.crossing_dose_mg / *row.reference_mg, change, 0.02);
    }
    if (row.assumption.starts_with("beyond the trial's")) {
      EXPECT_EQ(row.crossing_dose_mg, row.reference_mg);  // weight does nothing here
    }
  }
  EXPECT_THAT(told, Contains(HasSubstr("heavy tails")));
  EXPECT_THAT(told, Contains(HasSubstr("one measurement")));
}

TEST(Search, SaysNothingAboutGridsThatNobodyAskedFor) {
  const Fit fit = known_fit(0.3, 0.1);
  const StudiedDoses much{600.0 / 24, 0};  // 600 mg a day: 0.5 mg is no grid for it
  const DoseSettings settings{.largest_daily = 30, .subjects = 104, .sensitivity = false};
  Scenario own;
  own.name = "own";
  EXPECT_THAT(search(fit, without_comedication, settings, much, {own}).notes,
              Contains(HasSubstr("would not suit a trial")));
  own.regimens = {{"weekly", {168, 0}, 5, 200, "once weekly"}};
  EXPECT_THAT(search(fit, without_comedication, settings, much, {own}).notes,
              Not(Contains(HasSubstr("would not suit a trial"))));
}

TEST(Search, WrongSettingsAreAllTold) {
  const Fit fit = known_fit(0.3, 0.1);
  const auto doses = search_doses(fit.model, without_comedication, {1, 0}, {posterior_source(fit, 10)},
                                  {.direction = "under", .target = 90, .grid_daily = -1}, silent_progress());
  ASSERT_FALSE(doses.ok());
  EXPECT_EQ(doses.errors().size(), 3u);
}

}  // namespace
}  // namespace qdose
