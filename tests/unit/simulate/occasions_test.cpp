// Resets and steady state against schedules that need neither.
#include "qdose/simulate/occasions.hpp"

#include <gtest/gtest.h>

#include "qdose/models/pd/direct_linear.hpp"
#include "qdose/models/pd/indirect_inhib_kin.hpp"
#include "qdose/models/pk/one_cmt_iv.hpp"
#include "qdose/models/pk/two_cmt_oral.hpp"
#include "tests/support/all_classes.hpp"
#include "tests/support/engine.hpp"

namespace qdose {
namespace {

const std::vector<double> times{0.5, 1, 3, 7, 12, 24, 30};

/// In the middle of the report's ranges, with potencies and effects that concentrations of 1 to 10 mg/L
/// reach.
template <class M>
Parameters<M, double> middle_draw() {
  Parameters<M, double> p;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const Parameter& row = M::parameters[i];
    p[i] = row.is_fixed_in_report() ? row.fixed : std::sqrt(row.report.low * row.report.high);
    if (row.symbol == "EC50" || row.symbol == "IC50" || row.symbol == "Km") p[i] = 2;
  }
  return p;
}

Schedule at(std::vector<Dose> doses, double start) {
  Schedule s{std::move(doses), {}, {}};
  for (double t : times) s.pk_times.push_back(start + t);
  s.pd_times = s.pk_times;
  return s;
}

struct Values {
  std::vector<double> concentration, response;
};

template <class Pk, class Pd>
Values values_of(const Schedule& schedule, const Resolution& resolution = {0.5, 0.4, 6}) {
  const std::vector<Schedule> one{schedule};
  const BatchPlan plan = make_plan(one, resolution);
  const EngineCurves curves = run_engine<Pk, Pd>(plan, {middle_draw<Pk>()}, {middle_draw<Pd>()});
  Values values;
  for (std::size_t k = 0; k < schedule.pk_times.size(); ++k) {
    values.concentration.push_back(curves.concentration[k].v[0]);
    values.response.push_back(curves.response[k].v[0]);
  }
  return values;
}

void expect_same(const std::vector<double>& got, const std::vector<double>& expected, double tolerance) {
  ASSERT_EQ(got.size(), expected.size());
  const double size = *std::max_element(expected.begin(), expected.end());
  for (std::size_t k = 0; k < got.size(); ++k) EXPECT_NEAR(got[k], expected[k], tolerance * size) << k;
}

template <class Pk, class Pd>
void expect_reset_starts_anew() {
  const std::vector<Dose> fresh{{0, 5, 0}, {24, 3, 2}};
  const Values alone = values_of<Pk, Pd>(at(fresh, 0));
  std::vector<Dose> twice{{0, 9, 0}, {12, 9, 0}, {40, 5, 0}, {64, 3, 2}};
  twice[2].reset = 39;
  const Values after = values_of<Pk, Pd>(at(twice, 40));
  expect_same(after.concentration, alone.concentration, 1e-7);
  expect_same(after.response, alone.response, 1e-7);
}

/// Panels so fine that where they are cut does not matter.
const Resolution finest{0.1, 0.1, 2, 4};

template <class Pk, class Pd>
void expect_steady_state() {
  constexpr double interval = 96;
  const Schedule steady = at({{200, 4, 0, Dose::never, interval}}, 200);
  const Values got = values_of<Pk, Pd>(steady, finest);
  const BatchPlan plan = make_steady_plan(all_lanes(4), 0, interval, times, finest);
  const EngineCurves periodic = run_engine<Pk, Pd>(plan, {middle_draw<Pk>()}, {middle_draw<Pd>()});
  Values expected;
  for (std::size_t k = 0; k < times.size(); ++k) {
    expected.concentration.push_back(periodic.concentration[k].v[0]);
    expected.response.push_back(periodic.response[k].v[0]);
  }
  expect_same(got.concentration, expected.concentration, 1e-8);
  // A lag or an infusion time bends the concentration within a panel.
  constexpr bool bends = has_symbol(Pk::parameters, "Tlag") || has_symbol(Pk::parameters, "tau");
  expect_same(got.response, expected.response, bends ? 1e-6 : 1e-8);
}

template <class M>
class OccasionsPk : public testing::Test {};
TYPED_TEST_SUITE(OccasionsPk, AllPkClasses, IdOfClass);
TYPED_TEST(OccasionsPk, AResetStartsAnew) { expect_reset_starts_anew<TypeParam, pd::IndirectInhibKin>(); }
TYPED_TEST(OccasionsPk, SteadyStateIsThePeriodicSolution) {
  expect_steady_state<TypeParam, pd::IndirectInhibKin>();
}

template <class M>
class OccasionsPd : public testing::Test {};
TYPED_TEST_SUITE(OccasionsPd, AllPdClasses, IdOfClass);
TYPED_TEST(OccasionsPd, AResetStartsAnew) { expect_reset_starts_anew<pk::TwoCmtOral, TypeParam>(); }
TYPED_TEST(OccasionsPd, SteadyStateIsThePeriodicSolution) {
  expect_steady_state<pk::TwoCmtOral, TypeParam>();
}

TEST(Occasions, BeforeTheNextDoseAResetLeavesNothing) {
  Schedule s{{{0, 9, 0}, {50, 5, 0}}, {39, 41, 50, 51}, {}};
  s.doses[1].reset = 40;
  const Values got = values_of<pk::OneCmtIv, pd::DirectLinear>({s.doses, s.pk_times, s.pk_times});
  EXPECT_GT(got.concentration[0], 0);
  EXPECT_LT(got.concentration[1], 1e-100);
  EXPECT_LT(got.concentration[2], 1e-100);
  EXPECT_GT(got.concentration[3], 0);
}

TEST(Occasions, ALaterSteadyStateReplacesWhatWasGiven) {
  const Schedule alone = at({{200, 4, 0, Dose::never, 24.0}}, 200);
  const Schedule later = at({{0, 50, 0}, {190, 50, 0}, {200, 4, 0, Dose::never, 24.0}}, 200);
  expect_same(values_of<pk::TwoCmtOral, pd::DirectLinear>(later).concentration,
              values_of<pk::TwoCmtOral, pd::DirectLinear>(alone).concentration, 1e-7);
}

TEST(Occasions, Ss2IsTheSumOfBothRegimens) {
  const Schedule morning = at({{0, 4, 0, Dose::never, 24.0}}, 0);
  Schedule evening = at({{0, 3, 0, Dose::never, 12.0}}, 0);
  const Schedule both = at({{0, 4, 0, Dose::never, 24.0}, {0, 3, 0, Dose::never, 12.0, true}}, 0);
  std::vector<double> sum = values_of<pk::TwoCmtOral, pd::DirectLinear>(morning).concentration;
  const auto second = values_of<pk::TwoCmtOral, pd::DirectLinear>(evening).concentration;
  for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += second[k];
  expect_same(values_of<pk::TwoCmtOral, pd::DirectLinear>(both).concentration, sum, 1e-9);
}

TEST(Occasions, AValueAtAFirstSteadyDoseIsItsTrough) {
  const Schedule s{{{0, 4, 0, Dose::never, 24.0}}, {0, 24}, {0, 24}};
  const Values got = values_of<pk::OneCmtIv, pd::DirectLinear>(s);
  EXPECT_GT(got.concentration[0], 0);
  EXPECT_NEAR(got.concentration[0], got.concentration[1], 1e-9 * got.concentration[1]);
}

TEST(Occasions, SteadyInfusionsAreWrittenOut) {
  const Schedule plain = plain_schedule({{{0, 4, 6, Dose::never, 8.0}}, {1}, {}});
  ASSERT_EQ(plain.doses.size(), 1251u);
  EXPECT_EQ(plain.doses.front().time, -10000);
  EXPECT_EQ(plain.doses.front().duration, 6);
  EXPECT_EQ(plain.doses.back().time, 0);
}

}  // namespace
}  // namespace qdose
