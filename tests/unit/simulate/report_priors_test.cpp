#include "qdose/simulate/report_priors.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "qdose/models/pd/indirect_stim_kout.hpp"
#include "qdose/models/pk/one_cmt_oral_lag.hpp"
#include "qdose/models/pk/one_cmt_transit.hpp"
#include "qdose/models/pk/two_cmt_iv_infusion.hpp"
#include "qdose/models/pk/two_cmt_oral.hpp"
#include "tests/support/reference.hpp"

namespace qdose {
namespace {

constexpr std::size_t count = 400;

TEST(ReportPriors, HaveTheReportsGrids) {
  EXPECT_EQ(report_times(Role::pk).size(), 39u);
  EXPECT_EQ(report_times(Role::pd).size(), 25u);
  const auto pk = report_times(Role::pk);
  for (double t : report_times(Role::pd)) EXPECT_NE(std::find(pk.begin(), pk.end(), t), pk.end());
}

TEST(ReportPriors, DrawFromTheReportsRanges) {
  const ModelInfo& model = *find_model("pk_1c_oral_lag");
  double sum = 0, log_sum = 0;
  constexpr int draws = 20000;
  for (std::uint64_t i = 0; i < draws; ++i) {
    Stream stream(1, Purpose::property_test, i);
    const auto p = report_parameters(model, stream);
    EXPECT_GE(p[3], 0.25);  // Tlag has no spread
    EXPECT_LE(p[3], 6.0);
    sum += p[3];
    log_sum += p[0] * std::exp(-0.5 * 0.25 * 0.25);
  }
  EXPECT_NEAR(sum / draws, 0.5 * (0.25 + 6), 4 * 5.75 / std::sqrt(12.0 * draws));
  EXPECT_NEAR(log_sum / draws, 0.5 * (0.03 + 1.0), 0.01);
  Stream stream(1, Purpose::property_test, 0);
  EXPECT_EQ(report_parameters(*find_model("pd_indirect_inhib_kin"), stream)[3], 1.0);
}

TEST(ReportPriors, DependOnTheAddressOnly) {
  for (Role role : {Role::pk, Role::pd}) {
    const auto all = report_trajectories({role, true}, 3, Purpose::training, 0, 60);
    const auto part = report_trajectories({role, true}, 3, Purpose::training, 37, 5);
    for (std::size_t i = 0; i < 5; ++i) {
      EXPECT_EQ(part.label[i], all.label[37 + i]);
      for (std::size_t k = 0; k < 2 * all.times; ++k)
        EXPECT_EQ(part.values[2 * all.times * i + k], all.values[2 * all.times * (37 + i) + k]);
    }
  }
}

/// The doses that the first channel shows.
Schedule shown_schedule(const ReportTrajectories& t, std::size_t i) {
  Schedule s;
  const auto times = report_times(Role::pk);
  s.pk_times.assign(times.begin(), times.end());
  for (std::size_t k = 0; k < times.size(); ++k)
    if (t.values[2 * t.times * i + k] > 0) s.doses.push_back({times[k], t.values[2 * t.times * i + k], 0});
  return s;
}

template <class M>
void expect_reference(const ReportTrajectories& t) {
  int compared = 0;
  for (std::size_t i = 0; i < t.count; ++i) {
    if (t.label[i] != M::about.label) continue;
    Parameters<M, double> p;
    std::copy(t.parameters[i].begin(), t.parameters[i].end(), p.begin());
    const Schedule s = shown_schedule(t, i);
    const auto expected = reference<M, NoPd>(s, p, {});
    for (std::size_t k = 0; k < t.times; ++k)
      EXPECT_NEAR(t.exact[t.times * i + k], expected.concentration[k],
                  1e-4 + 1e-6 * expected.concentration[k])
          << M::about.id << " at " << s.pk_times[k];
    ++compared;
  }
  EXPECT_GT(compared, 10);
}

TEST(ReportPriors, SolveTheEquations) {
  const auto t = report_trajectories({Role::pk, true}, 4, Purpose::training, 0, count);
  expect_reference<pk::TwoCmtOral>(t);
  expect_reference<pk::OneCmtOralLag>(t);
  expect_reference<pk::OneCmtTransit>(t);
  expect_reference<pk::TwoCmtIvInfusion>(t);
}

TEST(ReportPriors, AsPublishedDropTheFirstDoseExceptWithLagOrInfusion) {
  const auto given = report_trajectories({Role::pk, true}, 5, Purpose::training, 0, count);
  const auto published = report_trajectories({Role::pk, false}, 5, Purpose::training, 0, count);
  std::size_t dropped = 0;
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_EQ(given.label[i], published.label[i]);
    const ModelInfo& model = pk_models()[static_cast<std::size_t>(given.label[i])];
    const float first_dose = published.values[2 * 39 * i];
    EXPECT_EQ(first_dose, given.values[2 * 39 * i]);
    const bool keeps = model.has_lag || model.has_infusion;
    for (std::size_t k = 0; k < 7; ++k) {  // up to 24 h only the first dose can act
      const float a = given.exact[39 * i + k], b = published.exact[39 * i + k];
      EXPECT_EQ(b, keeps ? a : 0.0f) << model.about.id;
      dropped += !keeps && a > 0;
    }
  }
  EXPECT_GT(dropped, count);
}

TEST(ReportPriors, DriveTheBiomarkerByLinesBetweenThePdTimes) {
  using M = pd::IndirectStimKout;
  // Without error in the concentration channel the reference can be integrated; the exact one is recovered
  // from the PK problem's own curve only up to its address, so the error is averaged out here: compare with a
  // wide tolerance where the concentration is far above its additive error, and exactly before the first
  // dose.
  const auto t = report_trajectories({Role::pd, true}, 6, Purpose::training, 0, 4000);
  const auto times = report_times(Role::pd);
  int compared = 0;
  double bias = 0;
  for (std::size_t i = 0; i < t.count; ++i) {
    if (t.label[i] != M::about.label) continue;
    Parameters<M, double> p;
    std::copy(t.parameters[i].begin(), t.parameters[i].end(), p.begin());
    EXPECT_NEAR(t.exact[25 * i], p[0], 1e-5 * p[0]);
    std::array<double, 1> y{p[0]};
    for (std::size_t k = 0; k + 1 < times.size(); ++k) {
      const double c0 = t.values[50 * i + k], c1 = t.values[50 * i + k + 1], t0 = times[k], t1 = times[k + 1];
      const auto f = [&](double now, const std::array<double, 1>& R) {
        return M::rhs(c0 + (c1 - c0) * (now - t0) / (t1 - t0), R, p);
      };
      y = integrate(f, y, t0, t1, OdeTolerance<1>{1e-8, {1e-8}}).y;
      bias += (t.exact[25 * i + k + 1] - y[0]) / p[0];
      EXPECT_NEAR(t.exact[25 * i + k + 1], y[0], 0.04 * p[0]);
      ++compared;
    }
  }
  ASSERT_GT(compared, 2000);
  EXPECT_NEAR(bias / compared, 0, 3e-4);
}

TEST(ReportPriors, AddTheReportsErrors) {
  const auto t = report_trajectories({Role::pk, true}, 7, Purpose::training, 0, 3000);
  double squares = 0;
  int n = 0;
  for (std::size_t i = 0; i < t.count; ++i)
    for (std::size_t k = 0; k < 39; ++k) {
      const double y = t.exact[39 * i + k], sd = std::sqrt(0.15 * 0.15 * y * y + 0.02 * 0.02);
      EXPECT_GE(t.values[78 * i + 39 + k], 0);
      if (y < 0.5) continue;
      squares += std::pow((t.values[78 * i + 39 + k] - y) / sd, 2);
      ++n;
    }
  ASSERT_GT(n, 10000);
  EXPECT_NEAR(squares / n, 1.0, 5 * std::sqrt(2.0 / n));
}

}  // namespace
}  // namespace qdose
