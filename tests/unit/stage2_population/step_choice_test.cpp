#include "qdose/stage2_population/step_choice.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "qdose/base/random.hpp"
#include "qdose/stage2_population/sampler.hpp"
#include "tests/support/densities.hpp"

namespace qdose {
namespace {

double law(double step) { return std::erfc(4 * step * step / (2 * std::numbers::sqrt2)); }

TEST(StepChoice, FindsTheStepOfALawFromScatteredTries) {
  Stream random(1, Purpose::property_test, 0);
  TriedSteps tried;
  for (int i = 0; i < 100; ++i) {
    tried.step.push_back(0.4 * std::exp(0.5 * random.normal()));
    tried.acceptance.push_back(law(tried.step.back()));
  }
  for (const double target : {0.6, 0.8, 0.95}) {
    const double step = step_for_acceptance(tried, target, 0.35);
    EXPECT_NEAR(law(step), target, 1e-6);
  }
}

TEST(StepChoice, KeepsWhatIsKnownWhereNothingWasTried) { EXPECT_EQ(step_for_acceptance({}, 0.8, 0.3), 0.3); }

/// What dual averaging alone leaves above its target.
TEST(StepChoice, AgreesWithAcceptanceInSampling) {
  testing::Gaussian density(Eigen::VectorXd::Zero(100), Eigen::MatrixXd::Identity(100, 100));
  for (const Algorithm algorithm : {Algorithm::qihmc, Algorithm::hmc, Algorithm::nuts}) {
    SamplerSettings settings;
    settings.algorithm = algorithm;
    settings.warmup = 200;
    settings.draws = settings.most_draws = 300;
    settings.trajectory = 8;  // of many steps, which are hardly shortened to make up its length
    std::vector<Eigen::VectorXd> starts(4, Eigen::VectorXd::Ones(100));
    const auto drawn = sample(density, starts, settings, silent_progress());
    ASSERT_TRUE(drawn);
    double mean = 0;
    for (const Chain& chain : drawn->chains)
      for (const double a : chain.acceptance) mean += a / 1200;
    EXPECT_NEAR(mean, settings.target_acceptance, 0.04);
  }
}

}  // namespace
}  // namespace qdose
