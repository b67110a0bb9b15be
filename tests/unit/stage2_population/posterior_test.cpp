#include "qdose/stage2_population/posterior.hpp"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>

#include "tests/support/small_trials.hpp"

namespace qdose {
namespace {

constexpr std::size_t draws = 4000;

/// One population draw many times over, with correlation 0.7^|i - j|.
struct SameDraw {
  Trial trial = testing::simulate_small_trial({});
  std::shared_ptr<const PopulationProblem> problem;
  Eigen::MatrixXd correlation;
  Sample sample;

  SameDraw() {
    FitSettings settings;
    settings.omega = "full";
    problem = *make_problem(trial, "pk_1c_oral", "pd_indirect_inhib_kin", settings, {});
    const Layout& layout = problem->layout;
    const auto order = static_cast<Eigen::Index>(layout.log_omega.size());  // all vary
    correlation.resize(order, order);
    for (Eigen::Index i = 0; i < order; ++i)
      for (Eigen::Index j = 0; j < order; ++j) correlation(i, j) = std::pow(0.7, std::abs(i - j));
    std::vector<double> x(layout.dimension);
    for (std::size_t p = 0; p < layout.log_omega.size(); ++p) {
      x[static_cast<std::size_t>(layout.log_omega[p])] = std::log(0.2 + 0.05 * static_cast<double>(p));
      for (const auto& row : layout.individual)
        if (row[p] != absent) x[static_cast<std::size_t>(row[p])] = 0.1 + 0.02 * static_cast<double>(p);
    }
    const auto y = unconstrained_correlation(correlation);
    for (std::size_t c = 0; c < y.size(); ++c) x[layout.correlation[c]] = y[c];
    sample.chains.resize(1);
    sample.chains[0].draws.assign(draws, x);
  }
};

TEST(Posterior, TellsTheCorrelationOfADraw) {
  const SameDraw same;
  const Posterior posterior(*same.problem, same.trial, same.sample, 1);
  const PopulationDraw draw = posterior.population(3);
  std::size_t next = 0;
  for (Eigen::Index i = 1; i < same.correlation.rows(); ++i)
    for (Eigen::Index j = 0; j < i; ++j) EXPECT_NEAR(draw.correlation[next++], same.correlation(i, j), 1e-12);
}

/// Parameters that a placebo subject's data do not depend on follow the others: normal regression.
TEST(Posterior, DrawsUnseenParametersGivenTheOthers) {
  const SameDraw same;
  const Posterior posterior(*same.problem, same.trial, same.sample, 1);
  const Layout& layout = same.problem->layout;
  const std::size_t placebo = 14;
  std::vector<Eigen::Index> known, unknown;
  for (std::size_t p = 0; p < layout.log_omega.size(); ++p)
    (layout.individual[placebo][p] != absent ? known : unknown).push_back(static_cast<Eigen::Index>(p));
  ASSERT_FALSE(known.empty());
  ASSERT_FALSE(unknown.empty());
  std::vector<double> mean(layout.log_omega.size()), phi(mean.size());
  posterior.expected(0, placebo, mean);
  const std::vector<double> omega = posterior.population(0).omega;
  Eigen::VectorXd u(static_cast<Eigen::Index>(known.size()));
  for (std::size_t i = 0; i < known.size(); ++i) {
    const auto p = static_cast<std::size_t>(known[i]);
    u[static_cast<Eigen::Index>(i)] =
        (posterior.draw(0)[static_cast<std::size_t>(layout.individual[placebo][p])] - mean[p]) / omega[p];
  }
  const Eigen::MatrixXd& r = same.correlation;
  const Eigen::MatrixXd gain = r(unknown, known) * r(known, known).inverse();
  const Eigen::VectorXd expected = gain * u;
  const Eigen::MatrixXd left = r(unknown, unknown) - gain * r(known, unknown);
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    const auto p = static_cast<std::size_t>(unknown[i]);
    const auto k = static_cast<Eigen::Index>(i);
    double sum = 0, squares = 0;
    for (std::size_t d = 0; d < draws; ++d) {
      posterior.individual(d, placebo, phi);
      const double z = (phi[p] - mean[p]) / omega[p];
      sum += z / draws;
      squares += z * z / draws;
    }
    EXPECT_NEAR(sum, expected[k], 5 * std::sqrt(left(k, k) / draws));
    EXPECT_NEAR(squares - sum * sum, left(k, k), 0.12 * left(k, k));
  }
}

}  // namespace
}  // namespace qdose
