// The fast paths of classes without modes against the plain one: slot by slot, gradients in forward mode.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "qdose/base/random.hpp"
#include "qdose/models/pk/one_cmt_iv_mm.hpp"
#include "qdose/models/pk/one_cmt_transit.hpp"
#include "qdose/simulate/pk_kernels.inl.hpp"
#include "qdose/simulate/plan.hpp"
#include "tests/support/draws.hpp"

namespace qdose {
namespace {

enum class Times { shared, own, own_with_washouts };

Schedule random_schedule(Stream& times, Stream& random, Times kind) {
  Schedule s;
  double t = kind == Times::shared ? 0.0 : times.uniform(0, 9);
  const std::uint32_t doses = 1 + times.below(12);
  const double gap = times.log_uniform(2, 60);
  for (std::uint32_t d = 0; d < doses; ++d) {
    s.doses.push_back({t, random.log_uniform(1e-3, 300), 0.0});
    if (kind == Times::own_with_washouts && d == 2) s.doses[2].reset = t;
    t += kind != Times::shared && times.below(2) ? times.uniform(2, 40) : gap;
  }
  const std::uint32_t values = 5 + times.below(20);
  for (std::uint32_t i = 0; i < values; ++i) s.pk_times.push_back(times.uniform(0, t + 100));
  s.pk_times.push_back(s.doses.back().time);
  std::sort(s.pk_times.begin(), s.pk_times.end());
  s.pd_times = {10.0, t};
  return s;
}

/// Eight subjects; some without doses, some with doses of nothing.
template <class M>
struct Eight {
  std::vector<Schedule> schedules;
  std::vector<Lanes> parameters = std::vector<Lanes>(M::parameters.size());

  Eight(std::uint64_t item, Times kind) {
    for (std::uint32_t l = 0; l < lanes; ++l) {
      Stream random(31, Purpose::property_test, item, l);
      Stream times(32, Purpose::property_test, item, kind == Times::shared ? 0 : l);
      schedules.push_back(random_schedule(times, random, kind));
      const auto p = report_draw<M>(random);
      for (std::size_t i = 0; i < p.size(); ++i) parameters[i][l] = p[i];
    }
    if (item % 3 == 1 && kind != Times::shared) schedules[5].doses.clear();
    if (item % 3 == 2)
      for (Dose& d : schedules[2].doses) d.amount = 0;
  }
};

struct Values {
  std::vector<Lanes> C, gradient;
};
Values values_of(const pk_kernels_t& kernels, const PkPlan& plan, const std::vector<Lanes>& parameters,
                 const std::vector<Lanes>& adjoint) {
  Values v{std::vector<Lanes>(plan.points.size()), std::vector<Lanes>(parameters.size())};
  Workspace workspace;
  kernels.concentrations(plan, parameters.data(), workspace, v.C.data());
  kernels.pull_back(plan, parameters.data(), workspace, adjoint.data(), v.gradient.data());
  return v;
}

template <class M>
pk_kernels_t plain_kernels() {
  return {M::parameters.size(), &QDOSE_ISA::AdvancePath<M>::concentrations,
          &QDOSE_ISA::AdvancePath<M>::pull_back};
}

/// Values to 1e-10 of each, as far as times are known: equal offsets are merged to 2^-36 h. Gradients by the
/// logarithms of parameters to 1e-8 of the subject's largest.
template <class M>
void expect_same(const Eight<M>& eight, const pk_kernels_t& fast, const std::string& where) {
  const BatchPlan plan = make_plan(eight.schedules, {1.0, 1.0, 12.0, 4});
  std::vector<Lanes> adjoint(plan.pk.points.size());
  Stream random(33, Purpose::property_test, 0);
  const Values size = values_of(plain_kernels<M>(), plan.pk, eight.parameters, adjoint);
  for (std::size_t k = 0; k < adjoint.size(); ++k)
    for (std::size_t l = 0; l < lanes; ++l) adjoint[k][l] = random.uniform(-1, 1) / (size.C[k][l] + 1e-6);
  const Values expected = values_of(plain_kernels<M>(), plan.pk, eight.parameters, adjoint);
  const Values got = values_of(fast, plan.pk, eight.parameters, adjoint);
  for (std::size_t k = 0; k < adjoint.size(); ++k)
    for (std::size_t l = 0; l < lanes; ++l)
      EXPECT_NEAR(got.C[k][l], expected.C[k][l], 1e-10 * expected.C[k][l] + 1e-250) << where << k << " " << l;
  for (std::size_t l = 0; l < lanes; ++l) {
    double largest = 0;
    for (std::size_t i = 0; i < got.gradient.size(); ++i)
      largest = std::max(largest, std::abs(expected.gradient[i][l] * eight.parameters[i][l]));
    for (std::size_t i = 0; i < got.gradient.size(); ++i)
      EXPECT_NEAR(got.gradient[i][l] * eight.parameters[i][l],
                  expected.gradient[i][l] * eight.parameters[i][l], 1e-8 * largest)
          << where << M::parameters[i].symbol << " " << l;
  }
}

template <class M>
void compare_paths() {
  for (const InstructionSet set : {InstructionSet::avx2, InstructionSet::avx512}) {
    if (set == InstructionSet::avx512 && !has_avx512()) continue;
    for (const Times kind : {Times::shared, Times::own, Times::own_with_washouts})
      for (std::uint64_t item = 0; item < 12; ++item)
        expect_same(
            Eight<M>(item, kind), pk_kernels(M::about.id, set),
            fmt::format("set {} kind {} item {}: ", static_cast<int>(set), static_cast<int>(kind), item));
  }
}

TEST(Paths, OfLinearClassesGiveWhatSlotsGive) {
  static_assert(QDOSE_ISA::HasResponse<pk::OneCmtTransit>);
  compare_paths<pk::OneCmtTransit>();
}
TEST(Paths, OfFallingAmountsGiveWhatSlotsGive) {
  static_assert(QDOSE_ISA::HasFall<pk::OneCmtIvMm>);
  compare_paths<pk::OneCmtIvMm>();
}

TEST(Paths, HandFailedArithmeticOn) {
  for (const char* id : {"pk_1c_iv_mm", "pk_1c_transit_abs"}) {
    Schedule s;
    s.doses = {{0.0, 5.0, 0.0}, {24.0, 5.0, 0.0}};
    s.pk_times = {1.0, 30.0};
    const BatchPlan plan = make_plan(std::vector<Schedule>{s}, {}, false);
    const std::size_t count = pk_kernels(id).parameters;
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<Lanes> parameters(count, all_lanes(0.7)), C(plan.pk.points.size());
      parameters[i][3] = std::nan("");
      Workspace workspace;
      pk_kernels(id).concentrations(plan.pk, parameters.data(), workspace, C.data());
      for (const Lanes& c : C)
        for (std::size_t l = 0; l < lanes; ++l)
          EXPECT_EQ(std::isfinite(c[l]), l != 3) << id << " parameter " << i << " lane " << l;
    }
  }
}

/// The clock of the course, undone: from anywhere to anywhere, in at most five evaluations.
TEST(SaturableFall, FindsWhereItsClockStands) {
  Stream random(34, Purpose::property_test, 0);
  for (int draw = 0; draw < 20000; ++draw) {
    const double k = random.below(8) ? random.log_uniform(1e-5, 10) : 0.0;
    const double w = random.below(8) ? random.log_uniform(1e-5, 30) : 1e-9;
    const auto fall = saturable_fall(k, w, 1.0);
    const auto from = fall.at_amount(random.log_uniform(1e-15, 1e5));
    const double dx = random.log_uniform(1e-3, 2000) * (random.below(3) ? 1 : -1);
    const double x = std::max(from.near.x + dx, fall.at_amount(1e5).near.x);
    if (x > 600) continue;  // less than 1e-260
    const auto first = fall.at(fall.estimate(from.near, x));
    auto place = first;
    for (int evaluations = 1; fall.is_far(place.near, x); ++evaluations) {
      ASSERT_LT(evaluations, 5) << k << " " << w << " " << from.c << " " << dx;
      place = fall.at(fall.estimate(place.near, x));
    }
    EXPECT_EQ(place.c, fall.approach(first, x).c);
    const auto got = fall.amount(place, x);
    const auto there = fall.at_amount(got.c);
    const double rounding = 1e-15 * (std::abs(x) * fall.speed(got.c) + std::abs(there.near.u)) + 1e-13;
    EXPECT_LT(std::abs(there.near.x - x) * fall.speed(got.c), 10 * rounding)
        << k << " " << w << " " << from.c << " " << dx;
    EXPECT_NEAR(got.level, std::log1p(fall.share * got.c), 1e-11 * got.level);
  }
}

}  // namespace
}  // namespace qdose
