// The example's eleventh class: conforms as it is, and the checks name an error planted in it.
#include "examples/models/pk/one_cmt_oral_mm.hpp"

#include <gtest/gtest.h>

#include "qdose/simulate/pk_kernels.inl.hpp"
#include "tests/support/engine.hpp"
#include "tests/support/pk_checks.hpp"
#include "tests/support/reference.hpp"

namespace qdose {
namespace {

/// A hundredth more arrives than leaves the gut.
struct TooMuchArrives : pk::OneCmtOralMm {
  template <class R>
  static std::array<R, 2> rhs(const std::array<R, 2>& a, const std::array<R, 4>& p) {
    auto derivative = pk::OneCmtOralMm::rhs(a, p);
    derivative[1] = derivative[1] + R(0.01) * p[3] * a[0];
    return derivative;
  }
};

TEST(ExampleClass, PassesEveryCheck) {
  const Findings findings = check_pk_class<pk::OneCmtOralMm>();
  EXPECT_TRUE(findings.empty()) << describe(findings);
}

TEST(ExampleClass, APlantedErrorIsNamed) {
  EXPECT_TRUE(mentions(check_pk_class<TooMuchArrives>(), "mass balance"));
}

TEST(ExampleClass, ItsKernelsSolveItsEquations) {
  const pk_kernels_t kernels = QDOSE_ISA::make_pk_kernels<pk::OneCmtOralMm>();
  std::vector<Schedule> schedules;
  std::vector<Parameters<pk::OneCmtOralMm, double>> parameters;
  for (std::uint32_t l = 0; l < lanes; ++l) {
    Stream random(11, Purpose::property_test, l);
    schedules.push_back({{{0, 5, 0}, {24, 5, l % 2 ? 2.0 : 0.0}, {60, 2, 0}}, {1, 6, 24, 30, 60, 100}, {}});
    parameters.push_back(report_draw<pk::OneCmtOralMm>(random));
  }
  const BatchPlan plan = make_plan(schedules, {1, 1, 24}, false);
  std::vector<Lanes> C(plan.pk.points.size());
  Workspace workspace;
  kernels.concentrations(plan.pk, to_lanes<pk::OneCmtOralMm>(parameters).data(), workspace, C.data());
  for (std::size_t l = 0; l < lanes; ++l) {
    const auto expected = reference<pk::OneCmtOralMm, NoPd>(schedules[l], parameters[l], {});
    for (std::size_t k = 0; k < 6; ++k)
      EXPECT_NEAR(C[k].v[l], expected.concentration[k], 1e-7 * (5 / parameters[l][0])) << l << " " << k;
  }
}

}  // namespace
}  // namespace qdose
