// Jumps to the other solution of two compartments with absorption.
#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>
#include <set>

#include "qdose/models/pk/two_cmt_oral.hpp"
#include "qdose/stage2_population/population_density.hpp"
#include "tests/support/small_trials.hpp"

namespace qdose {
namespace {

using Values = Parameters<pk::TwoCmtOral, double>;

Values drawn(Stream& random) {
  Values p;
  const double low[] = {0.05, 1, 2, 0.1, 0.1}, high[] = {0.5, 5, 20, 1, 1.5};
  for (std::size_t i = 0; i < p.size(); ++i) p[i] = random.log_uniform(low[i], high[i]);
  return p;
}

double response_to_a_dose(const Values& p, double t) {
  const auto modes = pk::TwoCmtOral::modes(p);
  double c = 0;
  for (std::size_t j = 0; j < modes.rate.size(); ++j) c += modes.amplitude[j] * std::exp(-modes.rate[j] * t);
  return c;
}

TEST(Twin, HasTheSameConcentrationsAndIsItsOwnTwinsTwin) {
  int found = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    Stream random(3, Purpose::property_test, i);
    const Values p = drawn(random);
    const auto twin = pk::TwoCmtOral::twin(p);
    if (!twin.exists) continue;
    ++found;
    for (const double t : {0.3, 2.0, 9.0, 40.0})
      EXPECT_NEAR(response_to_a_dose(twin.p, t), response_to_a_dose(p, t), 1e-7 * response_to_a_dose(p, t));
    const auto back = pk::TwoCmtOral::twin(twin.p);
    ASSERT_TRUE(back.exists);
    for (std::size_t k = 0; k < p.size(); ++k) EXPECT_NEAR(back.p[k], p[k], 1e-7 * p[k]);
    EXPECT_NEAR(back.log_jacobian, -twin.log_jacobian, 1e-6);
  }
  EXPECT_GT(found, 100);
}

/// The determinant by differences.
TEST(Twin, KnowsItsJacobian) {
  int found = 0;
  for (std::uint64_t i = 0; i < 50; ++i) {
    Stream random(4, Purpose::property_test, i);
    const Values p = drawn(random);
    const auto twin = pk::TwoCmtOral::twin(p);
    if (!twin.exists) continue;
    ++found;
    Eigen::MatrixXd J(5, 5);
    constexpr double step = 1e-5;
    for (std::size_t k = 0; k < p.size(); ++k) {
      Values up = p, down = p;
      up[k] *= std::exp(step), down[k] *= std::exp(-step);
      const Values a = pk::TwoCmtOral::twin(up).p, b = pk::TwoCmtOral::twin(down).p;
      for (std::size_t r = 0; r < p.size(); ++r)
        J(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(k)) = std::log(a[r] / b[r]) / (2 * step);
    }
    EXPECT_NEAR(std::log(std::abs(J.determinant())), twin.log_jacobian, 1e-4);
  }
  EXPECT_GT(found, 20);
}

TEST(TwinJump, LeavesTheLikelihoodAndFollowsThePrior) {
  testing::TrialRecipe recipe;
  recipe.pk_id = "pk_2c_oral";
  recipe.typical = {{"CL", 0.2}, {"Vc", 2.5}, {"Vp", 13}, {"Q", 0.55}, {"ka", 0.35}};
  recipe.omega = {{"Vc", 0.3}, {"ka", 0.3}};
  const auto problem =
      make_problem(testing::simulate_small_trial(recipe), recipe.pk_id, recipe.pd_id, FitSettings{}, {});
  ASSERT_TRUE(problem);
  PopulationDensity density(*problem);
  const Layout& layout = (*problem)->layout;
  const auto& parameters = (*problem)->structure.model.parameters;
  std::vector<double> x(density.dimension());
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    const double typical = to_unbounded(
        parameters[p].scale,
        testing::recipe_value(
            recipe, find_model(p < 5 ? recipe.pk_id : recipe.pd_id)->parameters[p < 5 ? p : p - 5]));
    if (layout.typical[p] != absent) x[static_cast<std::size_t>(layout.typical[p])] = std::min(typical, 2.0);
    if (layout.log_omega[p] != absent) x[static_cast<std::size_t>(layout.log_omega[p])] = std::log(0.3);
    for (std::size_t s = 0; s < layout.individual.size(); ++s)
      if (layout.individual[s][p] != absent) {
        Stream random(5, Purpose::property_test, s, static_cast<std::uint32_t>(p));
        x[static_cast<std::size_t>(layout.individual[s][p])] = std::min(typical, 2.0) + 0.3 * random.normal();
      }
  }
  const double before = density.log_likelihood(x);
  const std::vector<double> start = x;
  Stream random(6, Purpose::property_test, 0);
  std::set<std::ptrdiff_t> moved;
  for (int i = 0; i < 20; ++i) {
    density.jump(x, random);
    EXPECT_NEAR(density.log_likelihood(x), before, 1e-6 * std::abs(before));
    for (std::size_t k = 0; k < x.size(); ++k)
      if (x[k] != start[k]) moved.insert(static_cast<std::ptrdiff_t>(k));
  }
  EXPECT_GT(moved.size(), 12u);  // of several subjects
  for (const std::ptrdiff_t k : moved) EXPECT_GE(k, static_cast<std::ptrdiff_t>(layout.head));
}

}  // namespace
}  // namespace qdose
