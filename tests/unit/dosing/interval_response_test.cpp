#include "qdose/dosing/interval_response.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "qdose/base/random.hpp"
#include "qdose/models/pd/direct_inhib_emax.hpp"
#include "qdose/models/pd/direct_sigmoid.hpp"
#include "qdose/models/pd/effect_cmt_emax.hpp"
#include "qdose/models/pd/indirect_inhib_kin.hpp"
#include "qdose/models/pd/indirect_stim_kout.hpp"
#include "qdose/models/pd/transit_delay.hpp"
#include "qdose/models/pk/one_cmt_iv.hpp"
#include "qdose/models/pk/one_cmt_iv_mm.hpp"
#include "qdose/models/pk/one_cmt_oral_lag.hpp"
#include "qdose/models/pk/one_cmt_transit.hpp"
#include "qdose/models/pk/two_cmt_iv_infusion.hpp"
#include "qdose/models/pk/two_cmt_oral.hpp"
#include "tests/support/reference.hpp"

namespace qdose {
namespace {

/// Parameters in the middle of the report's ranges, a little different from lane to lane, with EC50 where the
/// trial's concentrations are.
template <class M>
Parameters<M, double> parameters_of(std::size_t lane) {
  Stream stream(11, Purpose::property_test, lane);
  Parameters<M, double> p;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const Parameter& info = M::parameters[i];
    p[i] = info.is_fixed_in_report()
               ? info.fixed
               : 0.5 * (info.report.low + info.report.high) * std::exp(0.2 * stream.normal());
    if (info.symbol == "EC50" || info.symbol == "IC50") p[i] *= 0.1;
  }
  return p;
}

/// Largest and smallest biomarker over the last of many intervals, by the plain integrator on a dense grid.
template <class Pk, class Pd>
std::pair<double, double> brute_force(double dose, double interval, std::size_t lane) {
  Schedule schedule;
  const int count = static_cast<int>(std::ceil(3000 / interval));
  for (int d = 0; d <= count; ++d) schedule.doses.push_back({d * interval, dose, 0});
  for (int k = 1; k <= 600; ++k)
    schedule.pd_times.push_back(count * interval + interval * k / 600.0 * (1 - 1e-9));
  schedule.pd_times.insert(schedule.pd_times.begin(), count * interval + 1e-6 * interval);
  const auto curves = reference<Pk, Pd>(schedule, parameters_of<Pk>(lane), parameters_of<Pd>(lane), 1e-8);
  EXPECT_EQ(curves.outcome, OdeOutcome::done);
  const auto [low, high] = std::ranges::minmax(curves.response);
  return {high, low};
}

template <class Pair>
class SteadyExtreme : public ::testing::Test {};

template <class PkClass, class PdClass, int IntervalHours, int ErrorPermille>
struct Case {
  using Pk = PkClass;
  using Pd = PdClass;
  static constexpr double interval = IntervalHours, error = ErrorPermille * 1e-3;
};

using Cases = ::testing::Types<
    Case<pk::TwoCmtOral, pd::IndirectInhibKin, 24, 1>, Case<pk::TwoCmtOral, pd::IndirectInhibKin, 168, 1>,
    Case<pk::OneCmtIv, pd::DirectInhibEmax, 24, 1>, Case<pk::OneCmtIvMm, pd::DirectSigmoid, 24, 1>,
    Case<pk::OneCmtTransit, pd::EffectCmtEmax, 168, 1>,
    Case<pk::TwoCmtIvInfusion, pd::IndirectStimKout, 24, 2>,
    Case<pk::OneCmtOralLag, pd::TransitDelay, 24, 2>>;
TYPED_TEST_SUITE(SteadyExtreme, Cases);

TYPED_TEST(SteadyExtreme, EqualsManyIntervalsOnADenseGrid) {
  using Pk = typename TypeParam::Pk;
  using Pd = typename TypeParam::Pd;
  std::vector<Lanes> parameters(Pk::parameters.size() + Pd::parameters.size());
  Lanes dose;
  for (std::size_t l = 0; l < lanes; ++l) {
    const auto p = parameters_of<Pk>(l);
    const auto q = parameters_of<Pd>(l);
    for (std::size_t i = 0; i < p.size(); ++i) parameters[i].v[l] = p[i];
    for (std::size_t i = 0; i < q.size(); ++i) parameters[p.size() + i].v[l] = q[i];
    dose.v[l] = l == 0 ? 0 : 0.5 * static_cast<double>(l);
  }
  IntervalResponse response(std::string(Pk::about.id), std::string(Pd::about.id), {TypeParam::interval, 0});
  response.set_subjects(parameters);
  response.give(dose);
  const Lanes high = response.measure({Quantity::biomarker, Measure::peak}),
              low = response.measure({Quantity::biomarker, Measure::trough});
  for (const std::size_t l : {0u, 1u, 4u}) {
    const auto [largest, smallest] = brute_force<Pk, Pd>(dose.v[l], TypeParam::interval, l);
    EXPECT_NEAR(high.v[l], largest, TypeParam::error * largest) << l;
    EXPECT_NEAR(low.v[l], smallest, TypeParam::error * smallest + 1e-9) << l;
  }
}

/// Bolus into one compartment, CL 0.2 and V 4: everything is known on paper.
IntervalResponse one_compartment(const Repetition& repetition, double dose) {
  IntervalResponse response("pk_1c_iv", "pd_direct_inhib_emax", repetition);
  response.set_subjects({all_lanes(0.2), all_lanes(4), all_lanes(10), all_lanes(1), all_lanes(1)});
  response.give(all_lanes(dose));
  return response;
}

double measured(const IntervalResponse& response, Quantity quantity, Measure measure, double threshold = 0,
                Direction direction = Direction::below) {
  return response.measure({quantity, measure, direction, threshold, 1}).v[3];
}

TEST(IntervalResponse, MeasuresAreThoseOnPaper) {
  const double k = 0.05, interval = 48, dose = 6, peak = dose / 4 / (1 - std::exp(-k * interval));
  const IntervalResponse response = one_compartment({interval, 0}, dose);
  const auto concentration = [&](Measure measure) {
    return measured(response, Quantity::concentration, measure);
  };
  EXPECT_NEAR(concentration(Measure::peak), peak, 1e-4 * peak);
  EXPECT_NEAR(concentration(Measure::trough), peak * std::exp(-k * interval), 1e-4 * peak);
  EXPECT_NEAR(concentration(Measure::end), peak * std::exp(-k * interval), 1e-4 * peak);
  EXPECT_NEAR(concentration(Measure::auc), dose / 0.2, 2e-3 * dose / 0.2);
  EXPECT_NEAR(concentration(Measure::mean), dose / 0.2 / interval, 2e-3 * dose / 0.2 / interval);
  // R = 10 / (1 + C) is below 5 while C > 1
  const double hours = std::log(peak) / k;
  EXPECT_NEAR(measured(response, Quantity::biomarker, Measure::time, 5), hours / interval, 0.01);
  EXPECT_NEAR(measured(response, Quantity::biomarker, Measure::time, 5, Direction::above),
              1 - hours / interval, 0.01);
}

TEST(IntervalResponse, TheFirstIntervalsKnowTheLoadingDose) {
  const double k = 0.05, interval = 24, dose = 6, decay = std::exp(-k * interval);
  const auto peak = [&](double loading, int number) {
    return measured(one_compartment({interval, 0, loading, number}, dose), Quantity::concentration,
                    Measure::peak);
  };
  EXPECT_NEAR(peak(1, 1), dose / 4, 1e-4);
  EXPECT_NEAR(peak(3, 1), 3 * dose / 4, 1e-3);
  EXPECT_NEAR(peak(3, 2), dose / 4 * (3 * decay + 1), 1e-3);
  EXPECT_NEAR(peak(1, 3), dose / 4 * (decay * decay + decay + 1), 1e-3);
  const double steady = dose / 4 / (1 - decay);
  EXPECT_NEAR(peak(5, 0), steady, 1e-3);                // forgotten at steady state
  EXPECT_NEAR(peak(1 / (1 - decay), 1), steady, 1e-3);  // the loading dose that makes steady state at once
  EXPECT_NEAR(peak(1, 12), steady, 1e-3);
}

TEST(IntervalResponse, InfusionsLowerThePeakAndKeepTheArea) {
  const IntervalResponse bolus = one_compartment({24, 0}, 6), infusion = one_compartment({24, 6}, 6);
  const auto of = [](const IntervalResponse& r, Measure m) {
    return measured(r, Quantity::concentration, m);
  };
  EXPECT_LT(of(infusion, Measure::peak), 0.95 * of(bolus, Measure::peak));
  EXPECT_NEAR(of(infusion, Measure::auc), 30, 0.3);
}

TEST(IntervalResponse, KnowsWhichClassesAreLinearInTheDose) {
  EXPECT_FALSE(is_dose_linear("pk_1c_iv_mm"));
  for (const char* id : {"pk_1c_iv", "pk_1c_oral_lag", "pk_1c_transit_abs", "pk_2c_oral", "pk_3c_iv"})
    EXPECT_TRUE(is_dose_linear(id)) << id;
}

}  // namespace
}  // namespace qdose
