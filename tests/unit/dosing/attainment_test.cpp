#include "qdose/dosing/attainment.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "qdose/base/random.hpp"

namespace qdose {
namespace {

AttainedDoses from(double dose) { return {false, 1, {dose, 0, 0}, false}; }

TEST(ReplicateAttainment, CountsEverySwitch) {
  const std::vector<AttainedDoses> subjects{from(2),
                                            from(5),
                                            {true, 0, {}, false},
                                            {false, 0, {}, false},
                                            {true, 1, {4, 0, 0}, false},    // attains up to 4
                                            {false, 2, {1, 3, 0}, false}};  // attains from 1 to 3
  const ReplicateAttainment replicate(subjects);
  for (const double dose : {0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 3.5, 4.5, 5.0, 9.0}) {
    double count = 0;
    for (const AttainedDoses& subject : subjects) count += subject.at(dose);
    EXPECT_DOUBLE_EQ(replicate.at(dose), count / 6) << dose;
  }
}

/// Log-normal required doses whose median differs between replicates by exp(N(0, s^2)).
Attainment lognormal(std::size_t replicates, std::size_t subjects, double omega, double s) {
  std::vector<ReplicateAttainment> list;
  for (std::size_t r = 0; r < replicates; ++r) {
    Stream stream(9, Purpose::property_test, r);
    const double median = 10 * std::exp(s * stream.normal());
    std::vector<AttainedDoses> doses;
    for (std::size_t k = 0; k < subjects; ++k)
      doses.push_back(from(median * std::exp(omega * stream.normal())));
    list.emplace_back(doses);
  }
  return Attainment(std::move(list));
}

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

TEST(Attainment, BandIsThatOfTheParametersNotOfTheSample) {
  // 60 subjects a replicate: sampling alone would spread the shares by 0.06 and would widen the band by half
  const Attainment attainment = lognormal(2000, 60, 0.5, 0.12);
  const AttainmentPoint point = attainment.at(12);
  const double low = normal_cdf((std::log(1.2) - 1.645 * 0.12) / 0.5),
               high = normal_cdf((std::log(1.2) + 1.645 * 0.12) / 0.5);
  EXPECT_NEAR(point.mean, normal_cdf(std::log(1.2) / std::hypot(0.5, 0.12)), 0.005);
  EXPECT_NEAR(point.q5, low, 0.015);
  EXPECT_NEAR(point.q95, high, 0.015);
}

TEST(Attainment, WithoutUncertaintyTheBandIsNarrow) {
  const AttainmentPoint point = lognormal(500, 100, 0.5, 0).at(12);
  EXPECT_LT(point.q95 - point.q5, 0.05);  // 0.16 from sampling alone
}

TEST(Attainment, AnswersAreTheLognormalQuantiles) {
  const Attainment attainment = lognormal(400, 500, 0.4, 0.1);
  const double exact = 10 * std::exp(1.2816 * std::hypot(0.4, 0.1));
  const auto crossing = attainment.crossing(0.9, 100);
  ASSERT_TRUE(crossing.has_value());
  EXPECT_NEAR(*crossing, exact, 0.15);
  EXPECT_EQ(attainment.smallest_on_grid(0.9, 0.5, 100), 0.5 * std::ceil(*crossing / 0.5));
  EXPECT_NEAR(*attainment.quantile_crossing(0.95, 0.9, 0.5, 100), 10 * std::exp(1.2816 * 0.4 - 0.1645), 0.4);
  EXPECT_NEAR(*attainment.quantile_crossing(0.05, 0.9, 0.5, 100), 10 * std::exp(1.2816 * 0.4 + 0.1645), 0.5);
  EXPECT_NEAR(attainment.probability_met(10 * std::exp(1.2816 * 0.4), 0.9), 0.5, 0.08);
}

TEST(Attainment, NoDoseIsNoAnswer) {
  const Attainment attainment = lognormal(50, 100, 0.4, 0.1);
  EXPECT_FALSE(attainment.smallest_on_grid(0.9, 0.5, 8).has_value());
  EXPECT_FALSE(attainment.crossing(0.9, 8).has_value());
}

TEST(Attainment, GridAnswersAgreeWithTryingEveryDose) {
  const Attainment attainment = lognormal(60, 40, 0.5, 0.2);
  for (const double target : {0.3, 0.75, 0.9, 0.97})
    for (const double grid : {0.013, 0.5, 5.0}) {
      double tried = 0;
      for (long step = 0; attainment.mean(tried = grid_dose(step, grid)) < target - 1e-9; ++step) {
      }
      EXPECT_EQ(attainment.smallest_on_grid(target, grid, 1000), tried) << target << " " << grid;
      EXPECT_GE(tried, *attainment.crossing(target, 1000));
      EXPECT_LT(tried - *attainment.crossing(target, 1000), grid * (1 + 1e-9));
    }
}

TEST(Attainment, AFineGridOverAWideRangeIsNoWork) {
  const Attainment attainment = lognormal(200, 500, 0.4, 0.1);
  const auto dose = attainment.smallest_on_grid(0.9, 1e-5, 1e5);
  ASSERT_TRUE(dose.has_value());
  EXPECT_NEAR(*dose, *attainment.crossing(0.9, 1e5), 1.1e-5);
}

TEST(Attainment, AssuranceIsTheProbabilityItNames) {
  const Attainment attainment = lognormal(2000, 200, 0.4, 0.1);
  for (const auto& [probability, z] : {std::pair{0.8, 0.8416}, {0.9, 1.2816}}) {
    const auto dose = attainment.assured_on_grid(0.9, probability, 0.01, 100);
    ASSERT_TRUE(dose.has_value());
    EXPECT_NEAR(*dose, 10 * std::exp(1.2816 * 0.4 + z * 0.1), 0.35);
    EXPECT_GE(attainment.probability_met(*dose, 0.9), probability - 1e-9);
  }
}

TEST(Attainment, MonteCarloErrorIsTheScatterOfRepetitions) {
  // 50 repetitions of 100 replicates out of one long list
  std::vector<double> means;
  double claimed = 0;
  for (std::uint64_t k = 0; k < 50; ++k) {
    std::vector<ReplicateAttainment> list;
    for (std::uint64_t r = 0; r < 100; ++r) {
      Stream stream(17, Purpose::property_test, 100 * k + r);
      const double median = 10 * std::exp(0.1 * stream.normal());
      std::vector<AttainedDoses> doses;
      for (int i = 0; i < 60; ++i) doses.push_back(from(median * std::exp(0.4 * stream.normal())));
      list.emplace_back(doses);
    }
    const Attainment attainment(std::move(list));
    means.push_back(attainment.mean(12));
    claimed += attainment.monte_carlo_error(12) / 50;
  }
  double mean = 0, variance = 0;
  for (const double m : means) mean += m / 50;
  for (const double m : means) variance += (m - mean) * (m - mean) / 49;
  EXPECT_NEAR(claimed, std::sqrt(variance), 0.3 * claimed);
}

TEST(Attainment, WeightsAverageModels) {
  const std::vector<AttainedDoses> low(100, from(5)), high(100, from(20));
  std::vector<ReplicateAttainment> list;
  std::vector<double> weights;
  for (int r = 0; r < 10; ++r) list.emplace_back(low), weights.push_back(0.8 / 10);
  for (int r = 0; r < 40; ++r) list.emplace_back(high), weights.push_back(0.2 / 40);
  const Attainment attainment(std::move(list), weights);
  EXPECT_NEAR(attainment.mean(10), 0.8, 1e-9);
  EXPECT_NEAR(attainment.probability_met(10, 0.9), 0.8, 1e-9);
  EXPECT_EQ(attainment.smallest_on_grid(0.75, 0.5, 100), 5);
  EXPECT_EQ(attainment.smallest_on_grid(0.9, 0.5, 100), 20);
}

}  // namespace
}  // namespace qdose
