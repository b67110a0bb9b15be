// Responses of every class at the usual resolution against the independent solver, in units of the noise;
// gradients against differences of it. QDOSE_ACCURACY_DRAWS=100000 makes the table of
// docs/models-accuracy.md.
#include "qdose/models/pk/one_cmt_oral_lag.hpp"
#include "qdose/models/pk/two_cmt_iv_infusion.hpp"
#include "qdose/models/pk/two_cmt_oral.hpp"
#include "tests/support/accuracy.hpp"
#include "tests/support/all_classes.hpp"

namespace qdose {
namespace {

template <class Pk, class Pd>
struct Subjects {
  /// Far below the errors that are looked for: up to rounding in classes without states, 1e-3 sd and more
  /// where panels follow the concentration.
  static constexpr double solver_tolerance = Pd::states.empty() ? 1e-10 : 1e-8;

  std::vector<Schedule> schedules;
  std::vector<Lanes> pk, pd;

  explicit Subjects(std::uint64_t item) {
    std::vector<Parameters<Pk, double>> p;
    std::vector<Parameters<Pd, double>> q;
    for (std::uint32_t l = 0; l < lanes; ++l) {
      Stream random(78, Purpose::property_test, item, l);
      schedules.push_back(accuracy_schedule(random));
      p.push_back(report_draw<Pk>(random));
      q.push_back(effective_draw(random));
    }
    pk = to_lanes<Pk>(p);
    pd = to_lanes<Pd>(q);
  }
  std::vector<Lanes> solver() const {
    return lane_reference<Pk, Pd>(schedules, pk, pd, solver_tolerance).response;
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

template <class Pk, class Pd>
void compare_gradients(Subjects<Pk, Pd>& subjects, const BatchPlan& plan, const std::vector<Lanes>& C,
                       const std::vector<Lanes>& expected, Workspace& workspace, Accuracy& accuracy) {
  std::vector<Lanes> weight(expected.size()), C_bar(C.size()), by_pk(subjects.pk.size()),
      by_pd(subjects.pd.size());
  constexpr double step = 5e-4;
  for (std::size_t k = 0; k < weight.size(); ++k)
    for (std::size_t l = 0; l < lanes; ++l) {
      const Schedule& s = subjects.schedules[l];
      if (bends_at<Pk>(s.pd_times[k], s, subjects.pk, l, step)) continue;
      weight[k][l] = ((k * 7 + l) % 3 == 0 ? -1.0 : 1.0) / pd_noise(expected[k][l]);
    }
  pd_kernels(Pd::about.id)
      .pull_back(plan.pd, subjects.pd.data(), C.data(), workspace, weight.data(), C_bar.data(), by_pd.data());
  pk_kernels(Pk::about.id).pull_back(plan.pk, subjects.pk.data(), workspace, C_bar.data(), by_pk.data());
  const auto compare = [&](std::vector<Lanes>& parameters, const std::vector<Lanes>& gradient) {
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      const Lanes kept = parameters[i];
      for (std::size_t l = 0; l < lanes; ++l) parameters[i][l] = kept[l] * (1 + step);
      const auto up = subjects.solver();
      for (std::size_t l = 0; l < lanes; ++l) parameters[i][l] = kept[l] * (1 - step);
      const auto down = subjects.solver();
      parameters[i] = kept;
      for (std::size_t l = 0; l < lanes; ++l) {
        double sum = 0, size = 0;
        for (std::size_t k = 0; k < weight.size(); ++k) {
          const double term = weight[k][l] * (up[k][l] - down[k][l]) / (2 * step);
          sum += term;
          size += std::abs(term);
        }
        accuracy.compare_gradient(gradient[i][l] * kept[l], sum, size);
      }
    }
  };
  compare(subjects.pk, by_pk);
  compare(subjects.pd, by_pd);
}

template <class Pk, class Pd>
Accuracy measure(std::uint64_t draws, std::uint64_t usual_every, std::uint64_t first_item = 0) {
  const std::uint64_t every = batches_a_gradient(draws, usual_every);
  Accuracy accuracy;
  for (std::uint64_t item = first_item; (item - first_item) * lanes < draws; ++item) {
    Subjects<Pk, Pd> subjects(item);
    const BatchPlan plan = make_plan(subjects.schedules, resolution_for(subjects.schedules, Pk::about.id));
    std::vector<Lanes> C(plan.pk.points.size()), R(plan.pd.responses.size());
    Workspace workspace;
    pk_kernels(Pk::about.id).concentrations(plan.pk, subjects.pk.data(), workspace, C.data());
    pd_kernels(Pd::about.id).responses(plan.pd, subjects.pd.data(), C.data(), workspace, R.data());
    const auto expected = subjects.solver();
    for (std::size_t k = 0; k < R.size(); ++k)
      for (std::size_t l = 0; l < lanes; ++l)
        accuracy.compare(R[k][l], expected[k][l], pd_noise(expected[k][l]));
    if (item % every == 0) compare_gradients(subjects, plan, C, expected, workspace, accuracy);
    accuracy.draws += lanes;
  }
  accuracy.print(Pd::about.id, Pk::about.id);
  return accuracy;
}

template <class Pd>
class PdAccuracy : public testing::Test {};
TYPED_TEST_SUITE(PdAccuracy, AllPdClasses, IdOfClass);

TYPED_TEST(PdAccuracy, IsBelowATenthOfTheNoise) {
  const Accuracy accuracy = measure<pk::TwoCmtOral, TypeParam>(accuracy_draws(160), 10);
  EXPECT_EQ(accuracy.failed, 0u);
  EXPECT_LT(accuracy.value, 0.1);
  EXPECT_LT(accuracy.gradient, 0.05);
}

/// A lag and a modelled duration bend the concentration where the parameters say; nothing may be lost by
/// that.
template <class Pk, class Pd>
void expect_as_exact_where_it_bends() {
  const Accuracy accuracy = measure<Pk, Pd>(accuracy_draws(80), 5);
  EXPECT_EQ(accuracy.failed, 0u);
  EXPECT_LT(accuracy.value, 0.1);
  EXPECT_LT(accuracy.gradient, 0.05);
}
TYPED_TEST(PdAccuracy, OfADelayedConcentrationIsTheSame) {
  expect_as_exact_where_it_bends<pk::OneCmtOralLag, TypeParam>();
}
TYPED_TEST(PdAccuracy, OfAnInfusedConcentrationIsTheSame) {
  expect_as_exact_where_it_bends<pk::TwoCmtIvInfusion, TypeParam>();
}

/// The worst of 10,000 draws: all half-lives below an hour after a lag of 3.9 h, so that the concentration
/// falls through the potency hours after the last dose. Panels as after a dose at once miss it by 1.4 noise
/// sd.
TEST(PdAccuracyAfterALag, HoldsForAFallThroughThePotency) {
  const Accuracy accuracy = measure<pk::OneCmtOralLag, pd::IndirectInhibKout>(lanes, 1, 1067);
  EXPECT_LT(accuracy.value, 0.1);
}

}  // namespace
}  // namespace qdose
