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
  const auto crossing = attainment.crossing(Attainment::Line::mean, 0.9, 0.5, 100);
  ASSERT_TRUE(crossing.has_value());
  EXPECT_NEAR(*crossing, exact, 0.15);
  EXPECT_EQ(attainment.smallest_on_grid(0.9, 0.5, 100), 0.5 * std::ceil(*crossing / 0.5));
  EXPECT_NEAR(*attainment.crossing(Attainment::Line::q95, 0.9, 0.5, 100),
              10 * std::exp(1.2816 * 0.4 - 0.1645), 0.4);
  EXPECT_NEAR(*attainment.crossing(Attainment::Line::q5, 0.9, 0.5, 100), 10 * std::exp(1.2816 * 0.4 + 0.1645),
              0.5);
  EXPECT_NEAR(attainment.probability_met(10 * std::exp(1.2816 * 0.4), 0.9), 0.5, 0.08);
}

TEST(Attainment, NoDoseIsNoAnswer) {
  const Attainment attainment = lognormal(50, 100, 0.4, 0.1);
  EXPECT_FALSE(attainment.smallest_on_grid(0.9, 0.5, 8).has_value());
  EXPECT_FALSE(attainment.crossing(Attainment::Line::mean, 0.9, 0.5, 8).has_value());
}

}  // namespace
}  // namespace qdose
