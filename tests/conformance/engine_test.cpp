// The SIMD engine against the plain integrator: every class, random schedules that differ between lanes.
#include "tests/support/engine.hpp"
#include "qdose/models/pd/direct_linear.hpp"
#include "tests/support/all_classes.hpp"
#include "tests/support/draws.hpp"
#include "tests/support/findings.hpp"
#include "tests/support/reference.hpp"

namespace qdose {
namespace {

enum class Doses { bolus, infusion, overlapping_infusions };

/// A subject's schedule: irregular doses from a random time on, values at random times, one of them at a dose
/// time.
Schedule random_schedule(Stream& random, Doses kind) {
  Schedule s;
  double t = random.below(2) ? 0.0 : random.uniform(0, 20);
  const std::uint32_t doses = 1 + random.below(7);
  for (std::uint32_t d = 0; d < doses; ++d) {
    const double gap = random.uniform(12, 80);
    const double longest = kind == Doses::overlapping_infusions ? 1.5 * gap : 0.9 * gap;
    s.doses.push_back(
        {t, random.log_uniform(0.5, 20), kind == Doses::bolus ? 0.0 : random.uniform(0.5, longest)});
    t += gap;
  }
  s.pk_times = {0.0, s.doses.back().time};
  const std::uint32_t values = 4 + random.below(12);
  for (std::uint32_t i = 0; i < values; ++i) s.pk_times.push_back(random.uniform(0, t + 100));
  std::sort(s.pk_times.begin(), s.pk_times.end());
  s.pd_times = s.pk_times;
  return s;
}

/// Eight subjects with their own schedules and parameters.
template <class Pk, class Pd>
struct RandomBatch {
  std::vector<Schedule> schedules;
  std::vector<Parameters<Pk, double>> pk;
  std::vector<Parameters<Pd, double>> pd;

  RandomBatch(std::uint64_t item, Doses kind) {
    for (std::uint32_t l = 0; l < lanes; ++l) {
      Stream random(20260103, Purpose::property_test, item, l);
      schedules.push_back(random_schedule(random, kind));
      pk.push_back(report_draw<Pk>(random));
      pd.push_back(effective_draw(random));
    }
    if (item % 2) schedules[5].doses.clear();  // a placebo subject among the treated
  }

 private:
  /// The report's ranges, with potencies and effects that these concentrations reach.
  static Parameters<Pd, double> effective_draw(Stream& random) {
    auto p = report_draw<Pd>(random);
    for (std::size_t i = 0; i < p.size(); ++i) {
      const auto symbol = Pd::parameters[i].symbol;
      if (symbol == "EC50" || symbol == "IC50") p[i] = random.log_uniform(0.3, 30);
      if (symbol == "Emax") p[i] = random.log_uniform(0.3, 10);
      if (symbol == "Imax") p[i] = random.uniform(0.2, 0.99);
    }
    return p;
  }
};

/// The concentration that the largest dose would give at once.
template <class Pk>
double largest_dose_over_volume(const Schedule& schedule, const Parameters<Pk, double>& p) {
  States<Pk, double> everywhere;
  everywhere.fill(1e-12);
  for (const Dose& dose : schedule.doses)
    for (double& a : everywhere) a = std::max(a, dose.amount);
  return Pk::concentration(everywhere, p);
}

template <class Pk>
Findings compare_concentrations(std::uint64_t item, Doses kind, double tolerance) {
  Findings findings;
  const RandomBatch<Pk, pd::DirectLinear> batch(item, kind);
  const BatchPlan plan = make_plan(batch.schedules, {1, 1, 24}, false);
  std::vector<Lanes> C(plan.pk.points.size());
  Workspace workspace;
  pk_kernels(Pk::about.id).concentrations(plan.pk, to_lanes<Pk>(batch.pk).data(), workspace, C.data());
  for (std::size_t l = 0; l < lanes; ++l) {
    const auto expected = reference<Pk, NoPd>(batch.schedules[l], batch.pk[l], {});
    if (expected.outcome != OdeOutcome::done) findings.push_back(std::string(describe(expected.outcome)));
    const double scale = largest_dose_over_volume<Pk>(batch.schedules[l], batch.pk[l]);
    for (std::size_t k = 0; k < plan.pk_count[l]; ++k)
      compare(findings, fmt::format("item {} lane {} at {} h", item, l, batch.schedules[l].pk_times[k]),
              C[k].v[l], expected.concentration[k], scale, tolerance);
  }
  return findings;
}

template <class M>
class EnginePk : public testing::Test {};
TYPED_TEST_SUITE(EnginePk, AllPkClasses, IdOfClass);

TYPED_TEST(EnginePk, FollowsBolusDoses) {
  for (std::uint64_t item = 0; item < 6; ++item) {
    const Findings findings = compare_concentrations<TypeParam>(item, Doses::bolus, 1e-8);
    EXPECT_TRUE(findings.empty()) << describe(findings);
  }
}

TYPED_TEST(EnginePk, FollowsInfusions) {
  for (std::uint64_t item = 0; item < 4; ++item) {
    const Findings findings = compare_concentrations<TypeParam>(100 + item, Doses::infusion, 1e-8);
    EXPECT_TRUE(findings.empty()) << describe(findings);
  }
}

TYPED_TEST(EnginePk, FollowsOverlappingInfusions) {
  for (std::uint64_t item = 0; item < 6; ++item) {
    const Findings findings =
        compare_concentrations<TypeParam>(200 + item, Doses::overlapping_infusions, 1e-8);
    EXPECT_TRUE(findings.empty()) << describe(findings);
  }
}

/// Largest difference of the response from the reference's, in units of the largest response of the subject.
template <class Pk, class Pd>
double largest_difference(std::uint64_t item, const Resolution& resolution) {
  const RandomBatch<Pk, Pd> batch(item, Doses::bolus);
  const BatchPlan plan = make_plan(batch.schedules, resolution);
  const EngineCurves got = run_engine<Pk, Pd>(plan, batch.pk, batch.pd);
  double largest = 0;
  for (std::size_t l = 0; l < lanes; ++l) {
    const auto expected = reference<Pk, Pd>(batch.schedules[l], batch.pk[l], batch.pd[l]);
    EXPECT_EQ(expected.outcome, OdeOutcome::done);
    const double size = *std::max_element(expected.response.begin(), expected.response.end());
    for (std::size_t k = 0; k < plan.pd_count[l]; ++k)
      largest = std::max(largest, std::abs(got.response[k].v[l] - expected.response[k]) / size);
  }
  return largest;
}

template <class M>
class EnginePd : public testing::Test {};
TYPED_TEST_SUITE(EnginePd, AllPdClasses, IdOfClass);

TYPED_TEST(EnginePd, ConvergesToTheReference) {
  for (std::uint64_t item = 0; item < 3; ++item) {
    EXPECT_LT((largest_difference<pk::TwoCmtOral, TypeParam>(300 + item, {0.01, 0.02, 1.0})), 1e-6) << item;
    EXPECT_LT((largest_difference<pk::TwoCmtIv, TypeParam>(400 + item, {0.01, 0.02, 1.0})), 1e-6) << item;
  }
}

TYPED_TEST(EnginePd, IsWithinAHalfPercentAtItsUsualResolution) {
  for (std::uint64_t item = 0; item < 6; ++item) {
    const RandomBatch<pk::TwoCmtOral, TypeParam> batch(500 + item, Doses::bolus);
    EXPECT_LT((largest_difference<pk::TwoCmtOral, TypeParam>(500 + item, resolution_for(batch.schedules))),
              5e-3);
  }
}

}  // namespace
}  // namespace qdose
