#include "qdose/dosing/required_dose.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace qdose {
namespace {

/// Bolus every 24 h, CL 0.2, V 2, and R = R0 (1 - Imax C / (IC50 + C)); the biomarker is highest before a
/// dose.
struct Known {
  double r0, imax, ic50;
  double dose_for(double threshold) const {  // solved on paper
    const double drop = 1 - threshold / r0, growth = std::exp(0.1 * 24);
    if (drop <= 0) return 0;
    if (drop >= imax) return INFINITY;
    return ic50 * drop / (imax - drop) * 2 * (growth - 1);
  }
};

constexpr std::array<Known, lanes> people{{{10, 1, 1},
                                           {10, 0.9, 0.5},
                                           {12, 1, 0.01},
                                           {10, 0.5, 1},  // cannot be inhibited enough
                                           {3, 1, 1},     // below without drug
                                           {20, 0.999, 2},
                                           {10, 0.7, 0.2},
                                           {4, 1, 5}}};

Endpoint below(double threshold) { return throughout(Quantity::biomarker, Direction::below, threshold); }

IntervalResponse known_response() {
  IntervalResponse response("pk_1c_iv", "pd_direct_inhib_emax", {24, 0});
  std::vector<Lanes> parameters{all_lanes(0.2), all_lanes(2), {}, {}, {}};
  for (std::size_t l = 0; l < lanes; ++l)
    parameters[2].v[l] = people[l].r0, parameters[3].v[l] = people[l].imax,
    parameters[4].v[l] = people[l].ic50;
  response.set_subjects(parameters);
  return response;
}

TEST(RequiredDose, IsTheOneSolvedOnPaper) {
  IntervalResponse response = known_response();
  const auto found = attained_doses(response, below(3.3), 500);
  for (std::size_t l = 0; l < lanes; ++l) {
    const double dose = people[l].dose_for(3.3);
    EXPECT_EQ(found[l].at_zero, dose == 0) << l;
    ASSERT_EQ(found[l].count, dose > 0 && dose < 500 ? 1 : 0) << l;
    if (found[l].count == 1) {
      EXPECT_NEAR(found[l].switches[0], dose, 1e-4 * dose + 1e-5) << l;
    }
    EXPECT_FALSE(found[l].failed);
  }
}

TEST(RequiredDose, AgreesWithTryingEveryDose) {
  for (const Direction direction : {Direction::below, Direction::above}) {
    IntervalResponse response = known_response();
    const auto found = attained_doses(response, throughout(Quantity::biomarker, direction, 3.3), 60);
    for (double dose = 0.25; dose <= 60; dose += 0.5) {
      response.give(all_lanes(dose));
      const Lanes extreme = response.measure(throughout(Quantity::biomarker, direction, 3.3));
      for (std::size_t l = 0; l < lanes; ++l) {
        if (std::abs(extreme.v[l] - 3.3) < 1e-3) continue;
        EXPECT_EQ(found[l].at(dose), direction == Direction::below ? extreme.v[l] < 3.3 : extreme.v[l] > 3.3)
            << dose << " lane " << l;
      }
    }
  }
}

TEST(RequiredDose, AnyUnitOfTheBiomarkerWillDo) {
  for (const double unit : {1e-6, 1e-2, 5e3, 1e8}) {
    IntervalResponse response("pk_1c_iv", "pd_direct_inhib_emax", {24, 0});
    response.set_subjects({all_lanes(0.2), all_lanes(2), all_lanes(10 * unit), all_lanes(1), all_lanes(1)});
    const auto found = attained_doses(response, below(3.3 * unit), 500);
    const double dose = Known{10, 1, 1}.dose_for(3.3);
    ASSERT_EQ(found[2].count, 1);
    EXPECT_NEAR(found[2].switches[0], dose, 1e-4 * dose) << unit;
  }
}

TEST(RequiredDose, IsSolvedForEveryKindOfEndpoint) {
  IntervalResponse response = known_response();
  const double largest = 500;
  const std::vector<Endpoint> endpoints{{Quantity::biomarker, Measure::mean, Direction::below, 3.3, 1},
                                        {Quantity::biomarker, Measure::end, Direction::below, 4, 1},
                                        {Quantity::biomarker, Measure::time, Direction::below, 3.3, 0.5},
                                        {Quantity::concentration, Measure::auc, Direction::above, 40, 1},
                                        {Quantity::concentration, Measure::peak, Direction::below, 7, 1}};
  for (const Endpoint& endpoint : endpoints) {
    const auto found = attained_doses(response, endpoint, largest);
    for (double dose = 0.5; dose < largest; dose *= 1.4) {
      response.give(all_lanes(dose));
      const Lanes value = response.measure(endpoint);
      for (std::size_t l = 0; l < lanes; ++l) {
        const double goal = endpoint.measure == Measure::time ? endpoint.share : endpoint.threshold;
        if (std::abs(value.v[l] - goal) < 1e-3 * goal) continue;
        const bool wants_less = endpoint.measure != Measure::time && endpoint.direction == Direction::below;
        EXPECT_EQ(found[l].at(dose), (value.v[l] < goal) == wants_less)
            << endpoint_words(endpoint) << " lane " << l << " dose " << dose;
      }
    }
  }
}

TEST(RequiredDose, EachLaneHasItsOwnThreshold) {
  IntervalResponse response = known_response();
  Lanes threshold;
  for (std::size_t l = 0; l < lanes; ++l) threshold.v[l] = 0.8 * people[l].r0;
  const auto found = attained_doses(response, below(3.3), threshold, 500);
  for (std::size_t l = 0; l < lanes; ++l) {
    const double dose = people[l].dose_for(threshold.v[l]);
    ASSERT_EQ(found[l].count, 1) << l;
    EXPECT_NEAR(found[l].switches[0], dose, 1e-4 * dose + 1e-5) << l;
  }
}

TEST(RequiredDose, FailedArithmeticIsNotAttainmentAndIsTold) {
  IntervalResponse response("pk_1c_iv", "pd_direct_inhib_emax", {24, 0});
  std::vector<Lanes> parameters{all_lanes(0.2), all_lanes(2), all_lanes(10), all_lanes(1), all_lanes(1)};
  parameters[0].v[5] = NAN;
  response.set_subjects(parameters);
  const auto found = attained_doses(response, below(3.3), 500);
  EXPECT_TRUE(found[5].failed);
  EXPECT_FALSE(found[5].at(400));
  EXPECT_FALSE(found[4].failed);
  EXPECT_TRUE(found[4].at(400));
}

}  // namespace
}  // namespace qdose
