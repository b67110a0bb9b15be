// The population drawn given its individuals, and the density that remembers what the data said.
#include "qdose/stage2_population/population_step.hpp"

#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <cmath>
#include <functional>

#include "qdose/stage2_population/population_density.hpp"
#include "tests/support/population_prior.hpp"
#include "tests/support/small_trials.hpp"

namespace qdose {
namespace {

using testing::prior_draw;

std::shared_ptr<const PopulationProblem> small_problem() {
  testing::TrialRecipe recipe;
  recipe.typical = {{"CL", 0.2},    {"V", 4},      {"ka", 0.8},  {"R0", 10},
                    {"kout", 0.05}, {"IC50", 0.5}, {"Imax", 0.8}};
  StartingScales scales;
  for (const auto& [symbol, typical] : recipe.typical)
    if (symbol != "Imax") scales[symbol] = {typical, 0.3};
  const auto problem =
      make_problem(testing::simulate_small_trial(recipe), recipe.pk_id, recipe.pd_id, FitSettings{}, scales);
  return problem ? *problem : nullptr;
}

/// The step looks at no data, so it must leave the prior of everything as it is.
TEST(PopulationStep, LeavesThePriorInvariant) {
  const auto problem = small_problem();
  ASSERT_NE(problem, nullptr);
  const PopulationStep step(*problem);
  ASSERT_FALSE(step.empty());
  constexpr std::uint64_t count = 3000;
  std::vector<std::vector<double>> before, after;
  for (std::uint64_t i = 0; i < count; ++i) {
    Stream start(15, Purpose::property_test, i), random(16, Purpose::property_test, i);
    before.push_back(prior_draw(*problem, 1, start));
    after.push_back(before.back());
    for (int k = 0; k < 3; ++k) step.move(after.back(), random);
  }
  const std::vector<std::function<double(double)>> looks{
      [](double x) { return x; }, [](double x) { return x * x; }, [](double x) { return std::sin(3 * x); }};
  for (std::size_t k = 0; k < problem->layout.dimension; ++k)
    for (const auto& look : looks) {
      double mean = 0, squares = 0;
      for (std::uint64_t i = 0; i < count; ++i) {
        const double d = look(after[i][k]) - look(before[i][k]);
        mean += d / count;
        squares += d * d / count;
      }
      EXPECT_LT(std::abs(mean), 4.5 * std::sqrt(squares / count) + 1e-12) << k;
    }
  for (const std::ptrdiff_t place : problem->layout.log_omega)
    if (place != absent) {
      EXPECT_NE(after[0][static_cast<std::size_t>(place)], before[0][static_cast<std::size_t>(place)]);
    }
}

/// Moments of log omega and of the typical value given all individuals, by quadrature over log omega: the
/// coefficients are normal given it.
struct Exact {
  double log_omega = 0, log_omega_sd = 0, typical = 0;
};
Exact by_quadrature(const PopulationProblem& problem, std::size_t p, const std::vector<double>& draw) {
  const auto& effects = problem.structure.model.effects;
  std::vector<Normal> prior{problem.structure.priors.typical[p]};
  std::vector<std::size_t> acting;
  for (std::size_t e = 0; e < effects.size(); ++e)
    if (effects[e].parameter == p) acting.push_back(e), prior.push_back(problem.structure.priors.beta[e]);
  std::vector<Eigen::VectorXd> rows;
  std::vector<double> phi;
  for (const ProblemBatch& batch : problem.batches)
    for (std::size_t l = 0; l < batch.data.subject.size(); ++l) {
      if (batch.individual[p].v[l] == absent) continue;
      Eigen::VectorXd row = Eigen::VectorXd::Ones(static_cast<Eigen::Index>(prior.size()));
      for (std::size_t e = 0; e < acting.size(); ++e)
        row[static_cast<Eigen::Index>(e + 1)] = batch.inputs[acting[e]][l];
      rows.push_back(row);
      phi.push_back(draw[static_cast<std::size_t>(batch.individual[p].v[l])]);
    }
  const Normal& on_omega = problem.structure.priors.log_omega[p];
  const auto k = static_cast<Eigen::Index>(prior.size());
  double total = 0, most = -1e300;
  Exact exact;
  double squares = 0;
  for (int pass = 0; pass < 2; ++pass)  // the first finds the largest log density
    for (double log_omega = on_omega.mean - 8; log_omega < on_omega.mean + 6; log_omega += 0.01) {
      const double precision = std::exp(-2 * log_omega), z = (log_omega - on_omega.mean) / on_omega.sd;
      Eigen::MatrixXd P = Eigen::MatrixXd::Zero(k, k);
      Eigen::VectorXd b = Eigen::VectorXd::Zero(k);
      double constant = 0;
      for (Eigen::Index c = 0; c < k; ++c) {
        const Normal& n = prior[static_cast<std::size_t>(c)];
        P(c, c) += 1 / (n.sd * n.sd);
        b[c] += n.mean / (n.sd * n.sd);
        constant += n.mean * n.mean / (n.sd * n.sd);
      }
      for (std::size_t i = 0; i < rows.size(); ++i) {
        P += precision * rows[i] * rows[i].transpose();
        b += precision * phi[i] * rows[i];
        constant += precision * phi[i] * phi[i];
      }
      const Eigen::LLT<Eigen::MatrixXd> root(P);
      const Eigen::VectorXd mean = root.solve(b);
      const Eigen::MatrixXd lower = root.matrixL();
      const double log_density = -0.5 * z * z - static_cast<double>(rows.size()) * log_omega -
                                 lower.diagonal().array().log().sum() - 0.5 * (constant - b.dot(mean));
      if (pass == 0) {
        most = std::max(most, log_density);
        continue;
      }
      const double weight = std::exp(log_density - most);
      total += weight;
      exact.log_omega += weight * log_omega;
      squares += weight * log_omega * log_omega;
      exact.typical += weight * mean[0];
    }
  exact.log_omega /= total;
  exact.typical /= total;
  exact.log_omega_sd = std::sqrt(squares / total - exact.log_omega * exact.log_omega);
  return exact;
}

TEST(PopulationStep, DrawsThePopulationGivenItsIndividuals) {
  const auto problem = small_problem();
  ASSERT_NE(problem, nullptr);
  const PopulationStep step(*problem);
  Stream start(17, Purpose::property_test, 0), random(18, Purpose::property_test, 0);
  std::vector<double> draw = prior_draw(*problem, 0.3, start);
  const std::vector<double> first = draw;
  constexpr int draws = 20000;
  std::vector<double> sum(draw.size()), squares(draw.size());
  for (int i = 0; i < draws; ++i) {
    step.move(draw, random);
    for (std::size_t k = 0; k < draw.size(); ++k) sum[k] += draw[k], squares[k] += draw[k] * draw[k];
  }
  const Layout& layout = problem->layout;
  int varying = 0;
  for (std::size_t p = 0; p < layout.typical.size(); ++p) {
    if (layout.log_omega[p] == absent) continue;
    ++varying;
    const auto omega = static_cast<std::size_t>(layout.log_omega[p]),
               typical = static_cast<std::size_t>(layout.typical[p]);
    const Exact exact = by_quadrature(*problem, p, first);
    const double mean = sum[omega] / draws, sd = std::sqrt(squares[omega] / draws - mean * mean);
    const double typical_mean = sum[typical] / draws,
                 typical_sd = std::sqrt(squares[typical] / draws - typical_mean * typical_mean);
    EXPECT_NEAR(mean, exact.log_omega, 0.04 * exact.log_omega_sd) << p;
    EXPECT_NEAR(sd, exact.log_omega_sd, 0.04 * exact.log_omega_sd) << p;
    EXPECT_NEAR(typical_mean, exact.typical, 0.04 * typical_sd) << p;
  }
  EXPECT_GT(varying, 4);
  for (const auto& subject : layout.individual)
    for (const std::ptrdiff_t place : subject)
      if (place != absent) {
        EXPECT_EQ(draw[static_cast<std::size_t>(place)], first[static_cast<std::size_t>(place)]);
      }
}

/// A density that learnt its coordinates, with the sampled coordinates of a draw.
struct Learnt {
  PopulationDensity density;
  std::vector<double> x;
  explicit Learnt(const std::shared_ptr<const PopulationProblem>& problem) : density(problem) {
    std::vector<std::vector<double>> draws;
    for (std::uint64_t i = 0; i < 50; ++i) {
      Stream random(19, Purpose::property_test, i);
      draws.push_back(prior_draw(*problem, 0.2, random));
    }
    density.learn_coordinates(draws);
    x.resize(draws[0].size());
    density.from_reported(draws[0], x);
  }
};

TEST(PopulationStep, TheDensityRemembersWhatTheDataSaid) {
  const auto problem = small_problem();
  ASSERT_NE(problem, nullptr);
  Learnt own(problem), other(problem);
  std::vector<double> gradient(own.x.size()), afresh(own.x.size());
  Stream random(20, Purpose::property_test, 0);
  own.density.log_density(own.x, gradient);
  for (int i = 0; i < 5; ++i) {
    const std::vector<double> before = own.x;
    ASSERT_TRUE(own.density.jump(own.x, random));
    EXPECT_NE(own.x, before);
    ASSERT_TRUE(own.density.remembers(own.x));
    EXPECT_FALSE(own.density.remembers(before));
    // Something else may be asked in between: a proposal that is then rejected.
    std::vector<double> proposal = own.x;
    for (double& p : proposal) p += 1e-3;
    own.density.log_density(proposal, gradient);
    const double remembered = own.density.log_density(own.x, gradient);
    const double expected = other.density.log_density(own.x, afresh);
    EXPECT_NEAR(remembered, expected, 1e-9 * std::abs(expected));
    for (std::size_t k = 0; k < afresh.size(); ++k)
      EXPECT_NEAR(gradient[k], afresh[k], 1e-7 * (1 + std::abs(afresh[k]))) << k;
  }
}

TEST(PopulationStep, AMemoryGoesToAnotherDensityAndBack) {
  const auto problem = small_problem();
  ASSERT_NE(problem, nullptr);
  Learnt own(problem), other(problem);
  std::vector<double> gradient(own.x.size()), there(own.x.size());
  Stream random(21, Purpose::property_test, 0);
  own.density.log_density(own.x, gradient);
  ASSERT_TRUE(own.density.jump(own.x, random));
  other.density.remember(own.density.memory());
  EXPECT_TRUE(other.density.remembers(own.x));
  EXPECT_EQ(other.density.log_density(own.x, there), own.density.log_density(own.x, gradient));
  EXPECT_EQ(there, gradient);
  EXPECT_EQ(other.density.memory(), own.density.memory());
}

}  // namespace
}  // namespace qdose
