#include "qdose/stage2_population/sampler.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "qdose/base/interrupt.hpp"
#include "qdose/stage2_population/diagnostics.hpp"
#include "tests/support/densities.hpp"
#include "tests/support/meeting.hpp"

namespace qdose {
namespace {

using Eigen::VectorXd;

std::vector<VectorXd> spread_starts(Eigen::Index dimension, std::size_t chains) {
  std::vector<VectorXd> starts;
  for (std::size_t c = 0; c < chains; ++c) {
    Stream random(17, Purpose::start, c);
    starts.push_back(2.0 * standard_normal(dimension, random));
  }
  return starts;
}

TEST(Sampler, GivesTheSameNumbersAtAnyThreadCount) {
  testing::Funnel density(1.0, 4);
  for (Algorithm algorithm : {Algorithm::qihmc, Algorithm::nuts}) {
    SamplerSettings settings;
    settings.algorithm = algorithm;
    settings.warmup = settings.draws = 60;
    const auto one = sample(density, spread_starts(5, 4), settings, silent_progress());
    settings.threads = 3;
    const auto three = sample(density, spread_starts(5, 4), settings, silent_progress());
    ASSERT_TRUE(one && three);
    EXPECT_EQ(one->gradients_sampling, three->gradients_sampling);
    for (std::size_t c = 0; c < 4; ++c) EXPECT_EQ(one->chains[c].draws, three->chains[c].draws);
    EXPECT_NE(one->chains[0].draws, one->chains[1].draws);
  }
}

/// What each of `size` processes has when four chains on a funnel are shared among them.
std::vector<Sample> shared_samples(int size, SamplerSettings settings) {
  testing::Meeting meeting(size);
  std::vector<Sample> samples(static_cast<std::size_t>(size));
  std::vector<std::thread> processes;
  for (int rank = 0; rank < size; ++rank)
    processes.emplace_back([&, rank, own = settings]() mutable {
      const WorkShare share{rank, size, [&, rank](const auto& mine) { return meeting.gather(rank, mine); }};
      own.share = &share;
      testing::Funnel density(1.0, 4);
      auto sampled = sample(density, spread_starts(5, 4), own, silent_progress());
      ASSERT_TRUE(sampled);
      samples[static_cast<std::size_t>(rank)] = std::move(*sampled);
    });
  for (std::thread& process : processes) process.join();
  return samples;
}

TEST(Sampler, ProcessesThatShareChainsHaveTheSameDraws) {
  SamplerSettings settings;
  settings.warmup = 150;
  settings.draws = 60;
  settings.most_draws = 180;
  settings.wanted_ess = 1e9;  // until the last
  for (const MetricKind metric : {MetricKind::arrow, MetricKind::low_rank}) {
    settings.metric = metric;
    testing::Funnel density(1.0, 4);
    const auto alone = sample(density, spread_starts(5, 4), settings, silent_progress());
    ASSERT_TRUE(alone);
    ASSERT_EQ(alone->chains[0].draws.size(), 180u);
    for (const int size : {2, 3, 6})  // six: two of them have no chain
      for (const Sample& shared : shared_samples(size, settings)) {
        EXPECT_EQ(shared.gradients_warmup, alone->gradients_warmup);
        EXPECT_EQ(shared.gradients_sampling, alone->gradients_sampling);
        ASSERT_EQ(shared.chains.size(), 4u);
        for (std::size_t c = 0; c < 4; ++c) {
          EXPECT_EQ(shared.chains[c].draws, alone->chains[c].draws);
          EXPECT_EQ(shared.chains[c].energy, alone->chains[c].energy);
          EXPECT_EQ(shared.chains[c].step_size, alone->chains[c].step_size);
        }
      }
  }
}

TEST(Sampler, RefusesAStartWithoutDensity) {
  testing::Funnel density(1.0, 1);
  VectorXd start = VectorXd::Ones(2);
  start[0] = std::numeric_limits<double>::quiet_NaN();
  const auto result = sample(density, {start}, {}, silent_progress());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.errors()[0].fault, Fault::numerical);
}

/// Two normals far apart; the one around +20 has e^-60 of the mass.
class TwoModes final : public Density {
 public:
  std::size_t dimension() const override { return 2; }
  double log_density(std::span<const double> x, std::span<double> gradient) override {
    const double center = x[0] > 10 ? 20 : 0, drop = x[0] > 10 ? 60 : 0;
    gradient[0] = center - x[0];
    gradient[1] = -x[1];
    return -drop - 0.5 * (gradient[0] * gradient[0] + gradient[1] * gradient[1]);
  }
  std::unique_ptr<Density> clone() const override { return std::make_unique<TwoModes>(); }
};

TEST(Sampler, MovesAChainOutOfAModeWithoutMass) {
  TwoModes density;
  const VectorXd lost = 20 * VectorXd::Unit(2, 0);
  const auto result = sample(density, {VectorXd::Zero(2), lost, VectorXd::Ones(2)}, {}, silent_progress());
  ASSERT_TRUE(result);
  EXPECT_EQ(result->restarted_chains, 1);
  for (const Chain& chain : result->chains)
    for (const auto& x : chain.draws) EXPECT_LT(x[0], 10);
}

/// y ~ N(0, 1) seen as x = 3 y once learnt: reported coordinates must not notice.
class Relearning final : public Density {
 public:
  std::size_t dimension() const override { return 1; }
  double log_density(std::span<const double> x, std::span<double> gradient) override {
    gradient[0] = -x[0] / (scale_ * scale_);
    return -0.5 * x[0] * x[0] / (scale_ * scale_);
  }
  std::unique_ptr<Density> clone() const override { return std::make_unique<Relearning>(*this); }
  bool learn_coordinates(std::span<const std::vector<double>>) override {
    scale_ *= 3;
    return true;
  }
  void to_reported(std::span<const double> x, std::span<double> y) const override { y[0] = x[0] / scale_; }
  void from_reported(std::span<const double> y, std::span<double> x) const override { x[0] = y[0] * scale_; }

 private:
  double scale_ = 1;
};

TEST(Sampler, DrawsKeepTheirMeaningWhenCoordinatesChange) {
  Relearning density;
  SamplerSettings settings;
  settings.draws = 2000;
  const auto result = sample(density, spread_starts(1, 4), settings, silent_progress());
  ASSERT_TRUE(result);
  double squares = 0;
  for (const Chain& chain : result->chains)
    for (const auto& y : chain.draws) squares += y[0] * y[0] / 8000;
  EXPECT_NEAR(squares, 1.0, 0.12);
  EXPECT_LT(convergence_of(*result, 1)[0].r_hat, 1.02);
}

/// A funnel whose evaluation number `last` interrupts the program, as Ctrl-C would.
class Interrupting final : public Density {
 public:
  Interrupting(double width, Eigen::Index others, long last)
      : funnel_(width, others), left_(std::make_shared<std::atomic<long>>(last)) {}
  std::size_t dimension() const override { return funnel_.dimension(); }
  double log_density(std::span<const double> x, std::span<double> gradient) override {
    if (--*left_ == 0) std::raise(SIGINT);
    return funnel_.log_density(x, gradient);
  }
  std::unique_ptr<Density> clone() const override { return std::make_unique<Interrupting>(*this); }

 private:
  testing::Funnel funnel_;
  std::shared_ptr<std::atomic<long>> left_;
};

TEST(SamplerDeathTest, GoesOnAfterAnInterruptAsIfThereHadBeenNone) {
  for (const long last : {300L, 2500L}) {  // in the warm-up, in the sampling
    SamplerSettings settings;
    settings.warmup = settings.draws = settings.most_draws = 100;
    settings.threads = 2;
    testing::Funnel density(1.0, 4);
    const auto whole = sample(density, spread_starts(5, 3), settings, silent_progress());
    settings.checkpoint = ::testing::TempDir() + "sampler_test.checkpoint";
    std::remove(settings.checkpoint.c_str());
    const auto interrupted_run = [&] {
      watch_interrupts();
      Interrupting stopping(1.0, 4, last);
      const auto result = sample(stopping, spread_starts(5, 3), settings, silent_progress());
      std::exit(result ? 1 : 0);
    };
    EXPECT_EXIT(interrupted_run(), ::testing::ExitedWithCode(0), "");
    settings.resume = true;
    const auto rest = sample(density, spread_starts(5, 3), settings, silent_progress());
    ASSERT_TRUE(whole && rest);
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_EQ(whole->chains[c].draws, rest->chains[c].draws) << last;
      EXPECT_EQ(whole->chains[c].energy, rest->chains[c].energy);
    }
    EXPECT_EQ(whole->gradients_sampling, rest->gradients_sampling);
    settings.seed = 2;  // other work: the checkpoint is not taken
    EXPECT_NE(sample(density, spread_starts(5, 3), settings, silent_progress())->chains[0].draws,
              whole->chains[0].draws);
  }
}

TEST(Sampler, TakesAStepThatIsGivenAsItIs) {
  testing::Funnel density(0.5, 2);
  SamplerSettings settings;
  settings.form = MassForm::diagonal;
  settings.fixed_step = 0.01;
  settings.fixed_steps = 10;
  settings.warmup = 0;
  settings.draws = settings.most_draws = 50;
  const auto result = sample(density, spread_starts(3, 1), settings, silent_progress());
  ASSERT_TRUE(result);
  EXPECT_EQ(result->chains[0].step_size, 0.01);
  for (int steps : result->chains[0].steps) EXPECT_EQ(steps, 10);
}

}  // namespace
}  // namespace qdose
