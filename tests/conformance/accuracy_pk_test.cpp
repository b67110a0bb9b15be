// Concentrations of every class against the independent solver, in units of the noise; gradients against
// differences of it. QDOSE_ACCURACY_DRAWS=100000 makes the table of docs/models-accuracy.md.
#include "qdose/models/pd/direct_linear.hpp"
#include "tests/support/accuracy.hpp"
#include "tests/support/all_classes.hpp"

namespace qdose {
namespace {

constexpr double solver_tolerance = 1e-11;

template <class Pk>
struct Subjects {
  std::vector<Schedule> schedules;
  std::vector<Lanes> parameters,
      unused = std::vector<Lanes>(pd::DirectLinear::parameters.size(), all_lanes(1.0));

  Subjects(std::uint64_t item, bool corner) {
    std::vector<Parameters<Pk, double>> drawn;
    for (std::uint32_t l = 0; l < lanes; ++l) {
      Stream random(corner ? 77 : 76, Purpose::property_test, item, l);
      schedules.push_back(accuracy_schedule(random));
      drawn.push_back(corner ? corner_draw<Pk>(random) : report_draw<Pk>(random));
    }
    parameters = to_lanes<Pk>(drawn);
  }
  std::vector<Lanes> solver() const {
    return lane_reference<Pk, pd::DirectLinear>(schedules, parameters, unused, solver_tolerance)
        .concentration;
  }
};

template <class Pk>
void compare_values(const Subjects<Pk>& subjects, const BatchPlan& plan, const std::vector<Lanes>& expected,
                    Accuracy& accuracy) {
  std::vector<Lanes> C(plan.pk.points.size());
  Workspace workspace;
  pk_kernels(Pk::about.id).concentrations(plan.pk, subjects.parameters.data(), workspace, C.data());
  for (std::size_t k = 0; k < expected.size(); ++k)
    for (std::size_t l = 0; l < lanes; ++l)
      accuracy.compare(C[k][l], expected[k][l], pk_noise(expected[k][l]));
}

/// d(sum of randomly signed values in units of their noise)/d ln parameter, relative to the sum of its terms'
/// sizes plus one.
template <class Pk>
void compare_gradients(Subjects<Pk>& subjects, const BatchPlan& plan, const std::vector<Lanes>& expected,
                       Accuracy& accuracy) {
  std::vector<Lanes> C(plan.pk.points.size()), weight(C.size()), gradient(subjects.parameters.size());
  constexpr double step = 5e-4;
  for (std::size_t k = 0; k < C.size(); ++k)
    for (std::size_t l = 0; l < lanes; ++l) {
      const Schedule& s = subjects.schedules[l];
      if (bends_at<Pk>(s.pk_times[k], s, subjects.parameters, l, step)) continue;
      weight[k][l] = ((k * 7 + l) % 3 == 0 ? -1.0 : 1.0) / pk_noise(expected[k][l]);
    }
  Workspace workspace;
  const pk_kernels_t& kernels = pk_kernels(Pk::about.id);
  kernels.concentrations(plan.pk, subjects.parameters.data(), workspace, C.data());
  kernels.pull_back(plan.pk, subjects.parameters.data(), workspace, weight.data(), gradient.data());
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    const Lanes kept = subjects.parameters[i];
    for (std::size_t l = 0; l < lanes; ++l) subjects.parameters[i][l] = kept[l] * (1 + step);
    const auto up = subjects.solver();
    for (std::size_t l = 0; l < lanes; ++l) subjects.parameters[i][l] = kept[l] * (1 - step);
    const auto down = subjects.solver();
    subjects.parameters[i] = kept;
    for (std::size_t l = 0; l < lanes; ++l) {
      double sum = 0, size = 0;
      for (std::size_t k = 0; k < C.size(); ++k) {
        const double term = weight[k][l] * (up[k][l] - down[k][l]) / (2 * step);
        sum += term;
        size += std::abs(term);
      }
      accuracy.compare_gradient(gradient[i][l] * kept[l], sum, size);
    }
  }
}

template <class Pk>
Accuracy measure(std::uint64_t draws, bool corner) {
  const std::uint64_t every = batches_a_gradient(draws, 10);
  Accuracy accuracy;
  for (std::uint64_t item = 0; item * lanes < draws; ++item) {
    Subjects<Pk> subjects(item, corner);
    const BatchPlan plan = make_plan(subjects.schedules, {1, 1, 24}, false);
    const auto expected = subjects.solver();
    compare_values(subjects, plan, expected, accuracy);
    if (!corner && item % every == 0) compare_gradients(subjects, plan, expected, accuracy);
    accuracy.draws += lanes;
  }
  accuracy.print(Pk::about.id, corner ? "corners" : "report");
  return accuracy;
}

template <class Pk>
class PkAccuracy : public testing::Test {};
TYPED_TEST_SUITE(PkAccuracy, AllPkClasses, IdOfClass);

TYPED_TEST(PkAccuracy, IsFarBelowTheNoiseOverTheReportsRanges) {
  const Accuracy accuracy = measure<TypeParam>(accuracy_draws(160), false);
  EXPECT_EQ(accuracy.failed, 0u);
  EXPECT_LT(accuracy.value, 1e-6);
  EXPECT_LT(accuracy.gradient, 1e-4);
}

TYPED_TEST(PkAccuracy, HoldsWhereRatesAreEqualOrVanish) {
  const Accuracy accuracy = measure<TypeParam>(accuracy_draws(160), true);
  EXPECT_EQ(accuracy.failed, 0u);
  EXPECT_LT(accuracy.value, 1e-3);
}

}  // namespace
}  // namespace qdose
