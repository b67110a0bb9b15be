#include <gtest/gtest.h>

#include "qdose/stage2_population/hmc.hpp"
#include "qdose/stage2_population/nuts.hpp"
#include "tests/support/densities.hpp"

namespace qdose {
namespace {

using Eigen::VectorXd;

struct FunnelWalk {
  testing::Funnel density{1.0, 3};
  DiagonalMetric metric{VectorXd::Zero(4), VectorXd::LinSpaced(4, 0.5, 2.0)};
  Target target{density, metric};
  Stream random{11, Purpose::property_test, 4};
  Phase phase{point_at(target, VectorXd::LinSpaced(4, -0.5, 1.0)), standard_normal(4, random)};
};

class Integrators : public ::testing::TestWithParam<Integrator> {};
INSTANTIATE_TEST_SUITE_P(All, Integrators,
                         ::testing::Values(Integrator::leapfrog, Integrator::two_stage,
                                           Integrator::three_stage));

TEST_P(Integrators, GoBackTheWayTheyCame) {
  FunnelWalk s;
  const VectorXd inverse_mass = VectorXd::LinSpaced(4, 0.7, 1.4);
  const Phase start = s.phase;
  for (int i = 0; i < 50; ++i) integrate(GetParam(), s.target, s.phase, 0.05);
  for (int i = 0; i < 50; ++i) integrate(GetParam(), s.target, s.phase, 0.05, inverse_mass);
  EXPECT_GT((s.phase.point.white - start.point.white).norm(), 0.1);
  for (int i = 0; i < 50; ++i) integrate(GetParam(), s.target, s.phase, -0.05, inverse_mass);
  for (int i = 0; i < 50; ++i) integrate(GetParam(), s.target, s.phase, -0.05);
  EXPECT_NEAR((s.phase.point.white - start.point.white).norm(), 0, 1e-10);
  EXPECT_NEAR((s.phase.momentum - start.momentum).norm(), 0, 1e-10);
}

TEST_P(Integrators, PreserveVolume) {
  const auto flow = [&](VectorXd z) {
    FunnelWalk s;
    s.phase.point.white = z.head(4);
    s.target.evaluate(s.phase.point);
    s.phase.momentum = z.tail(4);
    for (int i = 0; i < 5; ++i) integrate(GetParam(), s.target, s.phase, 0.1);
    VectorXd end(8);
    end << s.phase.point.white, s.phase.momentum;
    return end;
  };
  const VectorXd z = VectorXd::LinSpaced(8, -1, 1);
  Eigen::MatrixXd jacobian(8, 8);
  constexpr double h = 1e-5;
  for (Eigen::Index j = 0; j < 8; ++j)
    jacobian.col(j) = (flow(z + h * VectorXd::Unit(8, j)) - flow(z - h * VectorXd::Unit(8, j))) / (2 * h);
  EXPECT_NEAR(jacobian.determinant(), 1, 1e-7);
  EXPECT_GT((jacobian - Eigen::MatrixXd::Identity(8, 8)).norm(), 0.1);
}

TEST_P(Integrators, HaveAnEnergyErrorThatFallsWithTheSquareOfTheStep) {
  const auto error = [&](double step) {
    FunnelWalk s;
    const auto energy = [&] { return 0.5 * s.phase.momentum.squaredNorm() - s.phase.point.log_density; };
    const double before = energy();
    for (int i = 0; i < static_cast<int>(std::lround(1.0 / step)); ++i)
      integrate(GetParam(), s.target, s.phase, step);
    return std::abs(energy() - before);
  };
  EXPECT_NEAR(error(0.02) / error(0.01), 4.0, 0.2);
}

/// The mean energy error of a standard normal after one period, at equal gradients: what stages are for.
TEST(Integrators, ErrLessWithMoreStagesAtEqualGradients) {
  constexpr int gradients = 12, dimension = 2000;
  testing::Gaussian density(VectorXd::Zero(dimension), Eigen::MatrixXd::Identity(dimension, dimension));
  const DiagonalMetric metric(VectorXd::Zero(dimension), VectorXd::Ones(dimension));
  Target target{density, metric};
  std::vector<double> error;
  for (const Integrator integrator : {Integrator::leapfrog, Integrator::two_stage, Integrator::three_stage}) {
    Stream random(12, Purpose::property_test, 0);
    Phase phase{point_at(target, standard_normal(dimension, random)), standard_normal(dimension, random)};
    const auto energy = [&] { return 0.5 * phase.momentum.squaredNorm() - phase.point.log_density; };
    const double before = energy();
    const long counted = target.gradients;
    for (int i = 0; i < gradients / stages_of(integrator); ++i)
      integrate(integrator, target, phase, 0.6 * stages_of(integrator));
    EXPECT_EQ(target.gradients - counted, gradients);
    error.push_back(std::abs(energy() - before));
  }
  EXPECT_LT(error[1], 0.2 * error[0]);
  EXPECT_LT(error[2], 0.2 * error[0]);
}

TEST(Transitions, AreFunctionsOfTheStreamAlone) {
  FunnelWalk s;
  for (MassForm form : {MassForm::none, MassForm::scalar, MassForm::diagonal, MassForm::mixture}) {
    Stream a(1, Purpose::chain, 5), b(1, Purpose::chain, 5), c(1, Purpose::chain, 6);
    const HmcSettings settings{0.2, 7, form, 0.1};
    const auto x = hmc_transition(s.target, s.phase.point, settings, a).point.white;
    EXPECT_EQ(x, hmc_transition(s.target, s.phase.point, settings, b).point.white);
    EXPECT_NE(x, hmc_transition(s.target, s.phase.point, settings, c).point.white);
  }
}

TEST(Transitions, ARejectedStateIsCountedAgain) {
  FunnelWalk s;
  int rejected = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    Stream random(2, Purpose::chain, i);
    const Transition t = hmc_transition(s.target, s.phase.point, {1.2, 5, MassForm::none, 0}, random);
    if (t.info.moved) continue;
    ++rejected;
    EXPECT_EQ(t.point.white, s.phase.point.white);
  }
  EXPECT_GT(rejected, 10);
}

/// Finite inside the unit ball only.
class Ball final : public Density {
 public:
  std::size_t dimension() const override { return 2; }
  double log_density(std::span<const double> x, std::span<double> gradient) override {
    gradient[0] = gradient[1] = 0;
    return x[0] * x[0] + x[1] * x[1] < 1 ? 0 : -std::numeric_limits<double>::infinity();
  }
  std::unique_ptr<Density> clone() const override { return std::make_unique<Ball>(); }
};

TEST(Transitions, ReportWhereTheyDiverged) {
  Ball density;
  const DiagonalMetric metric(VectorXd::Zero(2), VectorXd::Ones(2));
  Target target{density, metric};
  const Point from = point_at(target, VectorXd::Constant(2, 0.1));
  Stream random(3, Purpose::chain, 0);
  const Transition hmc = hmc_transition(target, from, {0.3, 100, MassForm::none, 0}, random);
  const Transition nuts = nuts_transition(target, from, {0.3, 10, 0}, random);
  for (const Transition* t : {&hmc, &nuts}) {
    ASSERT_TRUE(t->info.divergence.has_value());
    EXPECT_LT(t->info.divergence->position.norm(), 1.0);  // the last good place
    EXPECT_GT(t->info.divergence->position.norm(), 0.5);
    EXPECT_LT(t->info.steps, 100);
    EXPECT_LT(t->point.position.norm(), 1.0);
  }
  EXPECT_EQ(hmc.point.white, from.white);
}

/// Overflows to infinity beyond 3.
class Overflowing final : public Density {
 public:
  std::size_t dimension() const override { return 1; }
  double log_density(std::span<const double> x, std::span<double> gradient) override {
    gradient[0] = -x[0];
    return std::abs(x[0]) > 3 ? INFINITY : -0.5 * x[0] * x[0];
  }
  std::unique_ptr<Density> clone() const override { return std::make_unique<Overflowing>(); }
};

TEST(Transitions, AnInfiniteDensityIsAFailureAndNoPlaceToStay) {
  Overflowing density;
  const DiagonalMetric metric(Eigen::VectorXd::Zero(1), Eigen::VectorXd::Ones(1));
  Target target{density, metric};
  Point here = point_at(target, Eigen::VectorXd::Zero(1));
  int divergences = 0;
  for (std::uint32_t i = 0; i < 2000; ++i) {
    Stream random(9, Purpose::chain, 0, i);
    Transition t = hmc_transition(target, here, {.step = 0.3, .steps = 5}, random);
    divergences += t.info.divergence.has_value();
    here = std::move(t.point);
    ASSERT_LE(std::abs(here.position[0]), 3);
  }
  EXPECT_GT(divergences, 0);
}

TEST(Transitions, NutsTurnsBackOnItsOwn) {
  testing::Gaussian density(VectorXd::Zero(10), Eigen::MatrixXd::Identity(10, 10));
  const DiagonalMetric metric(VectorXd::Zero(10), VectorXd::Ones(10));
  Target target{density, metric};
  Stream random(4, Purpose::chain, 0);
  Point point = point_at(target, VectorXd::Ones(10));
  for (int i = 0; i < 100; ++i) {
    Transition t = nuts_transition(target, point, {0.1, 10, 0}, random);
    EXPECT_GE(t.info.steps, 7);  // half an oscillation is 31 steps long
    EXPECT_LE(t.info.steps, 127);
    point = std::move(t.point);
  }
  EXPECT_LE(nuts_transition(target, point, {1e-4, 4, 0}, random).info.steps, 15);
}

}  // namespace
}  // namespace qdose
