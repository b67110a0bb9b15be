#include "qdose/stage2_population/residual_error.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "qdose/stage2_population/softplus_density.hpp"
#include "tests/support/small_trials.hpp"

namespace qdose {
namespace {

constexpr double f_here[2] = {3.0, 0.7};

/// Two values by lane 0, and one below 0.5 at the second.
Observed observed_of(bool log_scale) {
  Observed observed;
  observed.count.assign(2, {});
  observed.mean.assign(2, {});
  observed.spread.assign(2, {});
  observed.count[0][0] = 1;
  observed.mean[0][0] = log_scale ? std::log(2.5) : 2.5;
  observed.censored = {{1, 0, 0.5}};
  return observed;
}

double likelihood(const Observed& observed, const ErrorModel& error, double f0, double f1,
                  double* by_f = nullptr, ErrorGradient* all = nullptr) {
  std::vector<Lanes> f(2, all_lanes(1.0)), adjoint(2);
  f[0][0] = f0;
  f[1][0] = f1;
  const ErrorGradient result = residual_likelihood(observed, error, f, adjoint);
  if (by_f != nullptr) {
    by_f[0] = adjoint[0][0];
    by_f[1] = adjoint[1][0];
  }
  if (all != nullptr) *all = result;
  return result.log_likelihood;
}

TEST(ResidualError, GradientsOfEveryKindEqualDifferences) {
  constexpr double h = 1e-6;
  for (const ErrorModel& error : {ErrorModel{0.2, 0.1, false}, ErrorModel{0.2, 0, false},
                                  ErrorModel{0, 0.3, false}, ErrorModel{0.25, 0, true}}) {
    const Observed observed = observed_of(error.log_scale);
    double by_f[2];
    ErrorGradient all;
    const double value = likelihood(observed, error, f_here[0], f_here[1], by_f, &all);
    const double plain = log_density_of(error, f_here[0], 2.5, false, 0) +
                         (error.log_scale ? std::log(2.5) : 0) +
                         log_density_of(error, f_here[1], 0, true, 0.5);
    EXPECT_NEAR(value, plain, 1e-12);
    const auto at = [&](double d0, double d1, double factor_p, double factor_a) {
      return likelihood(observed, {error.proportional * factor_p, error.additive * factor_a, error.log_scale},
                        f_here[0] + d0, f_here[1] + d1);
    };
    EXPECT_NEAR(by_f[0], (at(h, 0, 1, 1) - at(-h, 0, 1, 1)) / (2 * h), 1e-6);
    EXPECT_NEAR(by_f[1], (at(0, h, 1, 1) - at(0, -h, 1, 1)) / (2 * h), 1e-6);
    EXPECT_NEAR(all.log_proportional, (at(0, 0, 1 + h, 1) - at(0, 0, 1 - h, 1)) / (2 * h), 1e-6);
    EXPECT_NEAR(all.log_additive, (at(0, 0, 1, 1 + h) - at(0, 0, 1, 1 - h)) / (2 * h), 1e-6);
  }
}

TEST(ResidualError, LogOfTheNormalDistributionInBothTails) {
  EXPECT_NEAR(log_normal_cdf(0), std::log(0.5), 1e-15);
  EXPECT_NEAR(log_normal_cdf(-10), -53.231285150512474, 1e-12);
  EXPECT_NEAR(log_normal_cdf(-11.999), log_normal_cdf(-12.001), 0.03);
  EXPECT_NEAR(log_normal_cdf(-20), -203.91715537109723, 1e-9);
  EXPECT_NEAR(log_normal_cdf(6), -9.865876455243e-10,
              1e-21);  // log(1 - q) = -q - q^2 / 2, q = 9.865876450377e-10
  EXPECT_NEAR(normal_hazard(-30), 30.03, 0.01);
}

TEST(SoftplusDensity, HasTheGradientOfItsValueAndKeepsTheMeaning) {
  testing::TrialRecipe recipe;
  recipe.dosed = 3;
  recipe.placebo = 1;
  const auto problem =
      make_problem(testing::simulate_small_trial(recipe), recipe.pk_id, recipe.pd_id, {}, {});
  ASSERT_TRUE(problem);
  PopulationDensity centred(*problem);
  SoftplusDensity density(centred);
  std::vector<double> z(density.dimension()), reported(z.size()), again(z.size()), gradient(z.size()),
      unused(z.size());
  Stream random(3, Purpose::property_test, 77);
  for (std::size_t i = 0; i < z.size(); ++i) reported[i] = -0.7 + 0.4 * random.normal();
  density.from_reported(reported, z);
  density.to_reported(z, again);
  double jacobian = 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    EXPECT_NEAR(again[i], reported[i], 1e-12);
    if (z[i] != reported[i])
      jacobian += std::log(1 / (1 + std::exp(-z[i]))) - std::log(std::log1p(std::exp(z[i])));
  }
  const double value = density.log_density(z, gradient);
  EXPECT_NEAR(value, centred.log_density(reported, unused) + jacobian, 1e-9 * std::abs(value));
  constexpr double h = 1e-5;
  for (std::size_t i = 0; i < z.size(); ++i) {
    const double here = z[i];
    z[i] = here + h;
    const double above = density.log_density(z, unused);
    z[i] = here - h;
    const double below = density.log_density(z, unused);
    z[i] = here;
    EXPECT_NEAR(gradient[i], (above - below) / (2 * h), 1e-4 * (1 + std::abs(gradient[i]))) << i;
  }
}

}  // namespace
}  // namespace qdose
