// The two solutions of two compartments with absorption, and the step between them.
#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>

#include "qdose/models/pk/two_cmt_oral.hpp"
#include "qdose/stage2_population/population_density.hpp"
#include "tests/support/population_prior.hpp"
#include "tests/support/small_trials.hpp"

namespace qdose {
namespace {

using testing::prior_draw;
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

std::shared_ptr<const PopulationProblem> twin_problem(double ka = 0.35) {
  testing::TrialRecipe recipe;
  recipe.pk_id = "pk_2c_oral";
  recipe.typical = {{"CL", 0.2}, {"Vc", 2.5}, {"Vp", 13}, {"Q", 0.55}, {"ka", 0.35}};
  recipe.omega = {{"Vc", 0.3}, {"ka", 0.3}};
  StartingScales scales;
  for (const auto& [symbol, typical] : recipe.typical) scales[symbol] = {typical, 0.3};
  scales["ka"] = {ka, 0.3};
  const auto problem =
      make_problem(testing::simulate_small_trial(recipe), recipe.pk_id, recipe.pd_id, FitSettings{}, scales);
  return problem ? *problem : nullptr;
}

std::vector<std::vector<double>> prior_draws(const PopulationProblem& problem, std::uint64_t count) {
  std::vector<std::vector<double>> draws;
  for (std::uint64_t i = 0; i < count; ++i) {
    Stream random(5, Purpose::property_test, i);
    draws.push_back(prior_draw(problem, 1, random));
  }
  return draws;
}

/// How far everything moves when all are put at the place with the smaller volume.
double distance_to_small(TwinStep& step, std::vector<double> x) {
  const std::vector<double> here = x;
  step.gather(x, -1);
  double distance = 0;
  for (std::size_t k = 0; k < x.size(); ++k) distance += std::min(std::abs(x[k] - here[k]), 0.5);
  return distance;
}

/// The step looks at no data, so it must leave the prior of everything as it is. Absorption is so slow here
/// (k21 is 0.042/h) that the Jacobian is far from 1.
TEST(TwinStep, LeavesThePriorInvariant) {
  const auto problem = twin_problem(0.07);
  ASSERT_NE(problem, nullptr);
  TwinStep step(*problem);
  ASSERT_FALSE(step.empty());
  constexpr std::uint64_t count = 3000;
  constexpr int moves = 4;
  const auto before = prior_draws(*problem, count);
  step.learn(before);
  auto after = before;
  std::size_t moved = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    Stream random(6, Purpose::property_test, i);
    for (int k = 0; k < moves; ++k) step.move(after[i], random);
    moved += after[i][static_cast<std::size_t>(problem->layout.typical[1])] !=
             before[i][static_cast<std::size_t>(problem->layout.typical[1])];
  }
  EXPECT_GT(moved, 0.5 * count);
  // The difference of means, and of squares, before and after; both of independent draws but paired.
  const auto judge = [&](std::size_t k, auto f, const char* what) {
    double mean = 0, squares = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
      const double d = f(after[i][k]) - f(before[i][k]);
      mean += d / count;
      squares += d * d / count;
    }
    EXPECT_LT(std::abs(mean), 4.5 * std::sqrt(squares / count) + 1e-12) << what << " of " << k;
  };
  // What the Jacobian decides: how many are at which of their places, and how far that is from the other.
  double difference = 0, squares = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const double d = distance_to_small(step, after[i]) - distance_to_small(step, before[i]);
    difference += d / count;
    squares += d * d / count;
  }
  EXPECT_LT(std::abs(difference), 4.5 * std::sqrt(squares / count)) << difference;
  for (std::size_t k = 0; k < problem->layout.dimension; ++k) {
    judge(
        k, [](double x) { return x; }, "mean");
    judge(
        k, [](double x) { return x * x; }, "square");
    judge(
        k, [](double x) { return std::sin(3 * x); }, "sine");
  }
}

/// Without scales the population stays, and each subject goes to its other place as often as the densities
/// and the Jacobian say.
TEST(TwinStep, ChoosesPlacesByTheirDensities) {
  const auto problem = twin_problem(0.07);
  ASSERT_NE(problem, nullptr);
  Stream start(9, Purpose::property_test, 3);
  std::vector<double> x = prior_draw(*problem, 0.3, start);
  for (std::size_t p = 0; p < 5; ++p)
    x[static_cast<std::size_t>(problem->layout.log_omega[p])] = 0;  // so wide that both places are likely
  TwinStep step(*problem);
  PopulationDensity density(problem);
  std::vector<double> unused(x.size());
  const double here = density.log_density(x, unused);
  constexpr int draws = 4000;
  std::vector<int> changed(problem->layout.individual.size());
  for (int i = 0; i < draws; ++i) {
    Stream random(10, Purpose::property_test, static_cast<std::uint64_t>(i));
    std::vector<double> moved = x;
    step.move(moved, random);
    for (std::size_t s = 0; s < changed.size(); ++s)
      if (const std::ptrdiff_t Vc = problem->layout.individual[s][1]; Vc != absent)
        changed[s] += moved[static_cast<std::size_t>(Vc)] != x[static_cast<std::size_t>(Vc)];
  }
  int undecided = 0;
  double largest_jacobian = 0;
  for (std::size_t s = 0; s < changed.size(); ++s) {
    const auto& places = problem->layout.individual[s];
    if (places[1] == absent) continue;
    Values own;
    for (std::size_t p = 0; p < own.size(); ++p) own[p] = std::exp(x[static_cast<std::size_t>(places[p])]);
    const auto twin = pk::TwoCmtOral::twin(own);
    if (!twin.exists) continue;
    std::vector<double> moved = x;
    for (std::size_t p = 0; p < own.size(); ++p)
      moved[static_cast<std::size_t>(places[p])] = std::log(twin.p[p]);
    const double odds = std::exp(density.log_density(moved, unused) - here + twin.log_jacobian);
    const double share = odds / (1 + odds);
    EXPECT_NEAR(changed[s], draws * share, 4.5 * std::sqrt(draws * share * (1 - share)) + 1) << s;
    if (share < 0.02 || share > 0.98) continue;
    ++undecided;
    largest_jacobian = std::max(largest_jacobian, std::abs(twin.log_jacobian));
  }
  EXPECT_GT(undecided, 0);
  EXPECT_GT(largest_jacobian, 0.2);
}

/// Subjects that the population does not expect where they are: both go where they belong.
TEST(TwinStep, TakesThePopulationAlongAndLeavesTheLikelihood) {
  const auto problem = twin_problem();
  ASSERT_NE(problem, nullptr);
  TwinStep step(*problem);
  step.learn(prior_draws(*problem, 20));
  Stream random(7, Purpose::property_test, 1);
  std::vector<double> x = prior_draw(*problem, 0.1, random);
  PopulationDensity density(problem);
  const double before = density.log_likelihood(x);
  const auto ka = static_cast<std::size_t>(problem->layout.typical[4]);
  double lowest = x[ka], highest = x[ka];
  for (int i = 0; i < 300; ++i) {
    step.move(x, random);
    lowest = std::min(lowest, x[ka]);
    highest = std::max(highest, x[ka]);
  }
  EXPECT_NEAR(density.log_likelihood(x), before, 1e-5 * std::abs(before));
  EXPECT_GT(highest - lowest, 0.3);
}

TEST(TwinStep, GathersAllAtOneOfTheirPlaces) {
  const auto problem = twin_problem();
  ASSERT_NE(problem, nullptr);
  TwinStep step(*problem);
  Stream random(8, Purpose::property_test, 2);
  const std::vector<double> start = prior_draw(*problem, 0.3, random);
  PopulationDensity density(problem);
  const auto volume_sum = [&](const std::vector<double>& x) {
    double sum = 0;
    for (const auto& subject : problem->layout.individual)
      if (subject[1] != absent) sum += x[static_cast<std::size_t>(subject[1])];
    return sum;
  };
  std::vector<double> small = start, large = start;
  const bool to_small = step.gather(small, -1), to_large = step.gather(large, 1);
  EXPECT_TRUE(to_small || to_large);
  EXPECT_LT(volume_sum(small), volume_sum(large));
  EXPECT_NEAR(density.log_likelihood(small), density.log_likelihood(large),
              1e-5 * std::abs(density.log_likelihood(start)));
  EXPECT_FALSE(step.gather(small, -1));
  EXPECT_TRUE(step.gather(small, 1));
  for (std::size_t k = 0; k < start.size(); ++k)
    EXPECT_NEAR(small[k], large[k], 1e-6 * (1 + std::abs(large[k])));
}

/// With correlations, or where a volume does not vary, there is no such step.
TEST(TwinStep, IsEmptyWhereTwinsAreNotFree) {
  testing::TrialRecipe recipe;
  recipe.pk_id = "pk_2c_oral";
  FitSettings full;
  full.omega = "full";
  const Trial trial = testing::simulate_small_trial(recipe);
  const auto correlated = make_problem(trial, recipe.pk_id, recipe.pd_id, full, {});
  ASSERT_TRUE(correlated);
  EXPECT_TRUE(TwinStep(**correlated).empty());
  auto structure = make_structure(trial, recipe.pk_id, recipe.pd_id, FitSettings{}, {});
  ASSERT_TRUE(structure);
  structure->model.parameters[2].varies = false;
  const auto fewer = make_problem(trial, *structure);
  ASSERT_TRUE(fewer);
  EXPECT_TRUE(TwinStep(**fewer).empty());
}

}  // namespace
}  // namespace qdose
