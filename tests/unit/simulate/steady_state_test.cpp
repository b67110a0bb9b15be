// The solved steady state against dosing for as long as it takes, for boluses, infusions and lags.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "qdose/base/random.hpp"
#include "qdose/models/catalogue.hpp"
#include "qdose/simulate/plan.hpp"

namespace qdose {
namespace {

const std::vector<double> times{0.5, 3.0, 7.0, 12.0, 23.0, 24.0};

/// Parameters of eight subjects with every phase over within a few weeks.
std::vector<Lanes> quick_parameters(const ModelInfo& model) {
  Stream random(21, Purpose::property_test, static_cast<std::uint64_t>(model.about.label));
  std::vector<Lanes> rows;
  for (const Parameter& p : model.parameters) {
    Lanes row;
    for (double& x : row.v) {
      x = random.uniform(p.report.low, p.report.high);
      if (p.symbol == "CL" || p.symbol == "Q" || p.symbol == "Q2") x = random.uniform(0.3, 1.0);
      if (p.symbol == "Vp" || p.symbol == "Vp2") x = random.uniform(1.0, 3.0);
      if (p.symbol == "Vmax") x = random.uniform(0.05, 0.3);
    }
    rows.push_back(row);
  }
  return rows;
}

/// Concentrations in the last of `doses` intervals.
std::vector<Lanes> after_long_dosing(const ModelInfo& model, const std::vector<Lanes>& parameters,
                                     double duration, int doses) {
  Schedule s;
  for (int d = 0; d < doses; ++d) s.doses.push_back({24.0 * d, 2.0, duration});
  for (double t : times) s.pk_times.push_back(24.0 * (doses - 1) + t);
  const std::vector<Schedule> eight(lanes, s);
  const BatchPlan plan = make_plan(eight, {}, false);
  std::vector<Lanes> C(plan.pk.points.size());
  Workspace workspace;
  pk_kernels(model.about.id).concentrations(plan.pk, parameters.data(), workspace, C.data());
  return C;
}

std::vector<Lanes> solved(const ModelInfo& model, const std::vector<Lanes>& parameters, double duration) {
  const BatchPlan plan = make_steady_plan(all_lanes(2.0), duration, 24.0, times, {});
  std::vector<Lanes> C(plan.pk.points.size());
  Workspace workspace;
  pk_kernels(model.about.id).concentrations(plan.pk, parameters.data(), workspace, C.data());
  return C;
}

TEST(SteadyState, IsWhereLongDosingEndsForEveryClassAndDuration) {
  for (const ModelInfo& model : pk_models())
    for (double duration : {0.0, 2.0, 24.0}) {
      if (model.has_infusion && duration > 0) continue;  // the class has its own
      const auto parameters = quick_parameters(model);
      const auto expected = after_long_dosing(model, parameters, duration, 150);
      const auto got = solved(model, parameters, duration);
      for (std::size_t l = 0; l < lanes; ++l) {
        double peak = 0;
        for (std::size_t k = 0; k < times.size(); ++k) peak = std::max(peak, expected[k][l]);
        for (std::size_t k = 0; k < times.size(); ++k)
          EXPECT_NEAR(got[k][l], expected[k][l], 1e-8 * peak)
              << model.about.id << " " << duration << " " << times[k];
      }
    }
}

/// Saturable elimination that carries from a tenth to nearly all of 2 mg a day, or less than is given; the
/// linear path beside it clears `clearance` L/h. The slower of the two sets how many intervals it takes.
std::vector<Lanes> near_saturation(double clearance) {
  constexpr double dose_rate = 2.0 / 24;
  const Lanes vmax{{0.1 * dose_rate, 0.9 * dose_rate, 0.99 * dose_rate, dose_rate, 1.01 * dose_rate,
                    1.1 * dose_rate, 2 * dose_rate, 10 * dose_rate}};
  return {all_lanes(clearance), all_lanes(2.0), vmax, all_lanes(0.5)};
}

TEST(SteadyState, OfSaturableEliminationIsExactWhereItIsReachedSlowly) {
  const ModelInfo& model = *find_model("pk_1c_iv_mm");
  for (const double duration : {0.0, 6.0}) {
    const auto parameters = near_saturation(2e-3);  // 1000 h to forget by a factor e
    const auto expected = after_long_dosing(model, parameters, duration, duration > 0 ? 1500 : 5000);
    const auto got = solved(model, parameters, duration);
    for (std::size_t l = 0; l < lanes; ++l) {
      double peak = 0;
      for (std::size_t k = 0; k < times.size(); ++k) peak = std::max(peak, expected[k][l]);
      // The solver, which follows an infusion, answers for a part of the largest amount.
      for (std::size_t k = 0; k < times.size(); ++k)
        EXPECT_NEAR(got[k][l], expected[k][l], 1e-8 * (duration > 0 ? peak : expected[k][l]))
            << l << " " << duration << " " << times[k];
    }
  }
}

TEST(SteadyState, OfSaturableEliminationAloneExistsOnlyBelowItsLargestRate) {
  const ModelInfo& model = *find_model("pk_1c_iv_mm");
  const auto got = solved(model, near_saturation(1e-14), 0);
  for (std::size_t l = 0; l < lanes; ++l)
    for (std::size_t k = 0; k < times.size(); ++k) {
      ASSERT_TRUE(std::isfinite(got[k][l])) << l;
      if (l < 3) {
        EXPECT_GT(got[k][l], 1e5) << l;  // more is given than can leave: without end
      } else if (l > 3) {
        EXPECT_LT(got[k][l], 1e2) << l;
      }
    }
}

}  // namespace
}  // namespace qdose
