// Samplers against distributions known exactly. All streams are fixed: a test that passes does so always.
// Limits are set so that a correct sampler would fail with probability 1e-4 a check, had the seed been drawn
// at random.
#include <gtest/gtest.h>

#include "qdose/stage2_population/diagnostics.hpp"
#include "qdose/stage2_population/nuts.hpp"
#include "qdose/stage2_population/sampler.hpp"
#include "tests/support/densities.hpp"

namespace qdose {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using testing::Funnel;
using testing::Gaussian;

constexpr double alpha = 1e-4;

struct Kernel {
  const char* name;
  Transition (*move)(Target&, const Point&, Stream&);
};

// Steps are coarse, so that a wrong acceptance rule would show.
const Kernel kernels[] = {
    {"hmc",
     [](Target& t, const Point& p, Stream& r) {
       return hmc_transition(t, p, {0.7, 4, MassForm::none, 0}, r);
     }},
    {"S",
     [](Target& t, const Point& p, Stream& r) {
       return hmc_transition(t, p, {0.7, 4, MassForm::scalar, 0.2}, r);
     }},
    {"D",
     [](Target& t, const Point& p, Stream& r) {
       return hmc_transition(t, p, {0.7, 4, MassForm::diagonal, 0.2}, r);
     }},
    {"M",
     [](Target& t, const Point& p, Stream& r) {
       return hmc_transition(t, p, {0.7, 4, MassForm::mixture, 0.2}, r);
     }},
    {"S, two stages",
     [](Target& t, const Point& p, Stream& r) {
       return hmc_transition(t, p, {1.3, 2, MassForm::scalar, 0.2, Integrator::two_stage}, r);
     }},
    {"D, three stages",
     [](Target& t, const Point& p, Stream& r) {
       return hmc_transition(t, p, {1.9, 2, MassForm::diagonal, 0.2, Integrator::three_stage}, r);
     }},
    {"nuts",
     [](Target& t, const Point& p, Stream& r) {
       return nuts_transition(t, p, {0.7, 6, 0.2}, r);
     }},
    {"nuts, two stages",
     [](Target& t, const Point& p, Stream& r) {
       return nuts_transition(t, p, {1.3, 6, 0.2, Integrator::two_stage}, r);
     }},
};

/// Standardised coordinates after `moves` transitions from exact draws of the funnel: v / width and x_1 /
/// e^(v/2).
struct Scores {
  std::vector<double> v, x;
};
Scores scores_after(const Kernel& kernel, std::size_t starts, int moves) {
  constexpr double width = 1.0;
  Funnel density(width, 2);
  const DiagonalMetric metric(VectorXd::Zero(3), VectorXd::Ones(3));
  Target target{density, metric};
  Scores scores;
  for (std::size_t i = 0; i < starts; ++i) {
    Stream random(99, Purpose::property_test, i);
    Point point = point_at(target, density.exact_draw(random));
    for (int m = 0; m < moves; ++m) point = kernel.move(target, point, random).point;
    scores.v.push_back(point.position[0] / width);
    scores.x.push_back(point.position[1] * std::exp(-0.5 * point.position[0]));
  }
  return scores;
}

TEST(Stationarity, TransitionsKeepExactDrawsExact) {
  constexpr std::size_t starts = 40000;
  const double limit = testing::kolmogorov_limit(starts, alpha);
  for (const Kernel& kernel : kernels) {
    const Scores scores = scores_after(kernel, starts, 3);
    EXPECT_LT(testing::kolmogorov_distance(scores.v, testing::normal_cdf), limit) << kernel.name;
    EXPECT_LT(testing::kolmogorov_distance(scores.x, testing::normal_cdf), limit) << kernel.name;
  }
}

TEST(Stationarity, TheCheckSeesAMissingMetropolisTest) {
  const Kernel unadjusted{
      "unadjusted", [](Target& target, const Point& from, Stream& random) {
        Phase phase{from, standard_normal(3, random)};
        for (int s = 0; s < 4; ++s) integrate(Integrator::leapfrog, target, phase, 0.7);
        return std::isfinite(phase.point.log_density) ? Transition{phase.point, {}} : Transition{from, {}};
      }};
  constexpr std::size_t starts = 40000;
  const Scores scores = scores_after(unadjusted, starts, 3);
  EXPECT_GT(testing::kolmogorov_distance(scores.v, testing::normal_cdf),
            testing::kolmogorov_limit(starts, alpha));
}

SamplerSettings settings_of(Algorithm algorithm, MassForm form, MetricKind metric) {
  SamplerSettings settings;
  settings.algorithm = algorithm;
  settings.form = form;
  settings.metric = metric;
  settings.draws = 1500;
  settings.threads = 2;
  settings.seed = 5;
  return settings;
}

/// Every mean and variance within 4.5 standard errors of the truth, chains converged.
void expect_moments(Gaussian& density, const VectorXd& mean, const MatrixXd& covariance,
                    SamplerSettings settings) {
  std::vector<VectorXd> starts;
  for (std::size_t c = 0; c < 4; ++c) {
    Stream random(23, Purpose::start, c);
    starts.push_back(density.exact_draw(random));
  }
  const auto result = sample(density, starts, settings, silent_progress());
  ASSERT_TRUE(result);
  for (Eigen::Index i = 0; i < mean.size(); ++i) {
    ChainDraws value, square;
    double mean_value = 0, mean_square = 0, total = 0;
    for (const Chain& chain : result->chains) {
      value.emplace_back();
      square.emplace_back();
      for (const auto& x : chain.draws) {
        const double z = (x[static_cast<std::size_t>(i)] - mean[i]) / std::sqrt(covariance(i, i));
        value.back().push_back(z);
        square.back().push_back(z * z);
        mean_value += z;
        mean_square += z * z;
        total += 1;
      }
    }
    EXPECT_LT(convergence(value).r_hat, 1.02);
    EXPECT_GT(convergence(value).ess_bulk, 400);
    EXPECT_LT(std::abs(mean_value / total), 4.5 * convergence(value).mcse_mean) << i;
    EXPECT_LT(std::abs(mean_square / total - 1), 4.5 * convergence(square).mcse_mean) << i;
  }
}

TEST(Moments, CorrelatedIllConditionedNormalUnderEverySampler) {
  const MatrixXd covariance = testing::ill_conditioned_covariance(8, 4, 0.7);
  const VectorXd mean = VectorXd::LinSpaced(8, -3, 5);
  Gaussian density(mean, covariance);
  expect_moments(density, mean, covariance,
                 settings_of(Algorithm::hmc, MassForm::none, MetricKind::diagonal));
  expect_moments(density, mean, covariance,
                 settings_of(Algorithm::nuts, MassForm::none, MetricKind::diagonal));
  for (MassForm form : {MassForm::scalar, MassForm::diagonal, MassForm::mixture})
    expect_moments(density, mean, covariance, settings_of(Algorithm::qihmc, form, MetricKind::diagonal));
}

TEST(Moments, LowRankMetricUnderEverySampler) {
  MatrixXd covariance = MatrixXd::Constant(10, 10, 0.97);
  covariance.diagonal().setOnes();
  const VectorXd mean = VectorXd::LinSpaced(10, -3, 5);
  Gaussian density(mean, covariance);
  for (Algorithm algorithm : {Algorithm::qihmc, Algorithm::nuts})
    expect_moments(density, mean, covariance, settings_of(algorithm, MassForm::scalar, MetricKind::low_rank));
}

TEST(Moments, ArrowMetricUnderEverySampler) {
  const ArrowStructure structure{2, {3, 3, 3, 1}};
  MatrixXd precision = MatrixXd::Identity(12, 12);
  for (Eigen::Index j = 2; j < 12; ++j) precision(0, j) = precision(j, 0) = 0.18;
  for (Eigen::Index b : {2, 5, 8}) precision(b, b + 1) = precision(b + 1, b) = -0.6;
  const VectorXd scale = VectorXd::LinSpaced(12, 0.05, 20);
  precision = (scale.cwiseInverse().asDiagonal() * precision * scale.cwiseInverse().asDiagonal()).eval();
  const MatrixXd covariance = precision.inverse();
  const VectorXd mean = VectorXd::LinSpaced(12, 10, -10);
  Gaussian density(mean, covariance, structure);
  for (Algorithm algorithm : {Algorithm::qihmc, Algorithm::nuts})
    expect_moments(density, mean, covariance, settings_of(algorithm, MassForm::scalar, MetricKind::arrow));
}

// A fixed trajectory length in one metric cannot visit the neck of a wide funnel: what users are told is that
// this shows (divergences or R-hat), and that a narrow funnel - what partial centring leaves - is sampled
// well.
TEST(FunnelBehaviour, NarrowIsSampledWideIsReported) {
  const auto run = [](double width, Eigen::Index others) {
    Funnel density(width, others);
    std::vector<VectorXd> starts;
    for (std::size_t c = 0; c < 4; ++c) {
      Stream random(31, Purpose::start, c);
      starts.push_back(density.exact_draw(random));
    }
    return sample(density, starts, settings_of(Algorithm::qihmc, MassForm::scalar, MetricKind::diagonal),
                  silent_progress());
  };
  const auto narrow = run(0.5, 5), wide = run(3.0, 9);
  ASSERT_TRUE(narrow && wide);
  EXPECT_LT(convergence_of(*narrow, 1)[0].r_hat, 1.01);
  EXPECT_GT(convergence_of(*narrow, 1)[0].ess_bulk, 400);
  long divergences = 0;
  for (const Chain& chain : wide->chains) divergences += static_cast<long>(chain.divergences.size());
  EXPECT_TRUE(divergences > 0 || convergence_of(*wide, 1)[0].r_hat > 1.01);
}

// A curved valley is within reach of all; two hills far apart of none, whatever the masses: the chains stay
// where they started and R-hat says so.
TEST(StandardTargets, CurvedValleyIsSampledFarHillsAreReported) {
  for (const auto& [algorithm, form] : {std::pair{Algorithm::hmc, MassForm::none},
                                        {Algorithm::nuts, MassForm::none},
                                        {Algorithm::qihmc, MassForm::scalar},
                                        {Algorithm::qihmc, MassForm::diagonal},
                                        {Algorithm::qihmc, MassForm::mixture}}) {
    SamplerSettings settings = settings_of(algorithm, form, MetricKind::diagonal);
    settings.target_acceptance = 0.95;
    settings.draws = settings.most_draws = 4000;
    testing::Rosenbrock valley;
    const auto curved =
        sample(valley, {VectorXd::Constant(2, 0.5), VectorXd::Constant(2, 1), VectorXd::Constant(2, 1.5)},
               settings, silent_progress());
    ASSERT_TRUE(curved);
    ChainDraws a;
    double mean = 0;
    for (const Chain& chain : curved->chains) {
      a.emplace_back();
      for (const auto& x : chain.draws) {
        a.back().push_back(x[0]);
        mean += x[0] / 12000;
      }
    }
    EXPECT_LT(convergence(a).r_hat, 1.05);
    EXPECT_LT(std::abs(mean - 1), 4.5 * convergence(a).mcse_mean) << static_cast<int>(form);

    settings.draws = settings.most_draws = 500;
    testing::TwoNormals hills(40);  // farther than the wildest step of a warm-up
    const auto apart =
        sample(hills, {VectorXd::Constant(1, -40), VectorXd::Constant(1, 40)}, settings, silent_progress());
    ASSERT_TRUE(apart);
    EXPECT_GT(convergence_of(*apart, 1)[0].r_hat, 1.5) << static_cast<int>(form);
  }
}

}  // namespace
}  // namespace qdose
