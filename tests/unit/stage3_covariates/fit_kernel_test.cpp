#include "qdose/stage3_covariates/fit_kernel.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "known_population.hpp"

namespace qdose {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using testing::KnownPopulation;
using testing::make_fit;

enum { CL, V, KA, R0, IC50, Imax };

KernelModel fitted(const KnownPopulation& truth, KernelSettings settings = {}) {
  auto model = fit_kernel(make_fit(truth), settings, silent_progress());
  EXPECT_TRUE(model.ok()) << describe(model.errors());
  return std::move(model).value();
}

const KernelOutput& output(const KernelModel& model, const std::string& name) {
  return *std::ranges::find(model.result.outputs, name, &KernelOutput::name);
}

double mean_of(const KernelModel& model, int parameter, double weight, double comedication) {
  return model.mean(model.best,
                    std::vector<double>{weight, comedication})[static_cast<std::size_t>(parameter)];
}

TEST(Targets, UndoThePullOfThePopulation) {
  const KnownPopulation truth{.noise = 0.2};
  const Fit fit = make_fit(truth);
  const CovariateTarget target = individual_target(fit, CL, 0.1);
  ASSERT_EQ(target.subjects.size(), 36u);  // the placebo quarter is left out
  for (std::size_t k = 0; k < target.subjects.size(); ++k) {
    const IndividualEstimate& individual = fit.individuals[target.subjects[k]];
    // by Bayes' rule the posterior mean is (prior mean / omega^2 + y / noise) * posterior variance
    const double variance = individual.sd[CL] * individual.sd[CL];
    const auto row = static_cast<Eigen::Index>(k);
    EXPECT_NEAR(target.noise(row), 0.04, 1e-12);
    EXPECT_NEAR(individual.mean[CL], variance * (std::log(0.15) / 0.0625 + target.y(row) / 0.04), 1e-12);
  }
}

TEST(FitKernel, FindsTheEffectsThatAreThereAndNoOthers) {
  const KernelModel model = fitted({.subjects = 80});
  EXPECT_TRUE(output(model, "CL").has_signal);
  EXPECT_TRUE(output(model, "R0").has_signal);
  EXPECT_FALSE(output(model, "V").has_signal);
  EXPECT_FALSE(output(model, "IC50").has_signal);
  EXPECT_NEAR(mean_of(model, CL, 95, 0) - mean_of(model, CL, 55, 0), 0.75 * std::log(95.0 / 55), 0.2);
  EXPECT_NEAR(mean_of(model, R0, 70, 1) - mean_of(model, R0, 70, 0), -0.4, 0.2);
  EXPECT_EQ(mean_of(model, V, 55, 0), mean_of(model, V, 95, 1));
}

TEST(FitKernel, ParametersThatNobodyInformsComeFromStageTwo) {
  const KernelModel model = fitted({});
  EXPECT_EQ(model.modelled.size(), 4u);  // CL V R0 IC50
  EXPECT_EQ(mean_of(model, KA, 60, 1), 0);
  EXPECT_EQ(mean_of(model, Imax, 60, 1), 0);
  Stream stream(1, Purpose::population, 0);
  const auto person = model.individual(model.replicates[0], std::vector<double>{60, 1}, stream);
  EXPECT_NE(person[KA], 0);
  EXPECT_EQ(person[Imax], 0);
}

TEST(FitKernel, ACurveThatNoLogLinearTrendFollowsIsTheKernels) {
  KnownPopulation truth{.subjects = 90, .noise = 0.05};
  truth.cl = [](double w, double) { return std::log(0.15) + 3e-3 * (w - 75) * (w - 75) - 0.5; };
  const KernelModel model = fitted(truth);
  const KernelOutput& cl = output(model, "CL");
  EXPECT_GT(cl.bandwidth, 0);
  EXPECT_GT(cl.r2, 0.7);
  EXPECT_LT(model.result.baseline_r2.at("log_linear").at("CL"), 0.4);
  EXPECT_NEAR(mean_of(model, CL, 75, 0), truth.cl(75, 0), 0.2);
  EXPECT_THAT(model.result.verdict, HasSubstr("advantage"));
}

TEST(FitKernel, CovariatesOfNoUseAreSeldomUsed) {
  int used = 0, outputs = 0;
  for (std::uint64_t seed = 1; seed <= 15; ++seed) {
    KnownPopulation truth{.seed = seed};
    truth.cl = [](double, double) { return std::log(0.15); };
    truth.r0 = [](double, double) { return std::log(15.0); };
    const KernelModel model = fitted(truth, {.map = "zz", .replicates = 1});
    for (const KernelOutput& o : model.result.outputs) used += o.has_signal, ++outputs;
  }
  EXPECT_EQ(outputs, 60);
  EXPECT_LE(used, 8);  // a chance of 5% each
}

TEST(FitKernel, SpreadBetweenPeopleIsNeitherTooWideNorTooNarrow) {
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(4, 4);
  const int trials = 25;
  for (std::uint64_t seed = 1; seed <= trials; ++seed)
    sum += fitted({.seed = seed, .noise = 0.2, .correlation = 0.8}, {.map = "ry", .replicates = 1})
               .best.covariance;
  const Eigen::MatrixXd mean =
      sum / (trials * 0.0625);  // in units of omega^2; one trial's variance has sd 0.35
  for (int t = 0; t < 4; ++t) EXPECT_NEAR(mean(t, t), 1, 0.2) << t;
  EXPECT_NEAR(mean(0, 1), 0.7, 0.25);  // CL and V; shrunk
  for (const auto& [a, b] : {std::pair{0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}})
    EXPECT_NEAR(mean(a, b), 0, 0.15);
}

TEST(FitKernel, BootstrapIntervalsCoverTheTruth) {
  int covered = 0;
  const int trials = 30;
  for (std::uint64_t seed = 1; seed <= trials; ++seed) {
    const KernelModel model = fitted({.seed = seed}, {.map = "ry", .replicates = 100});
    std::vector<double> means;
    for (const KernelReplicate& replicate : model.replicates)
      means.push_back(model.mean(replicate, std::vector<double>{85, 0})[R0]);
    std::ranges::sort(means);
    covered += means[5] < std::log(15.0) && std::log(15.0) < means[94];  // about a 90% interval
  }
  EXPECT_GE(covered, 22);  // 27 expected; fewer than 22 has a chance of 1%
}

TEST(FitKernel, PeopleAreDrawnAroundTheirMeanWithTheStatedCovariance) {
  const KernelModel model = fitted({.correlation = 0.8});
  const std::vector<double> covariates{80, 1};
  const auto mean = model.mean(model.best, covariates);
  const int people = 4000;
  double first = 0, square = 0, product = 0;
  for (int i = 0; i < people; ++i) {
    Stream stream(1, Purpose::population, static_cast<std::uint64_t>(i));
    const auto person = model.individual(model.best, covariates, stream);
    const double cl = person[CL] - mean[CL], v = person[V] - mean[V];
    first += cl / people, square += cl * cl / people, product += cl * v / people;
  }
  const double variance = model.best.covariance(0, 0);
  EXPECT_NEAR(first, 0, 4 * std::sqrt(variance / people));
  EXPECT_NEAR(square / variance, 1, 0.1);
  EXPECT_NEAR(product / variance, model.best.covariance(0, 1) / variance, 0.1);
}

TEST(FitKernel, BeyondTheTrainedWeightsOnlyTheTrendGoesOn) {
  KnownPopulation truth{.subjects = 90, .noise = 0.05};
  truth.cl = [](double w, double) { return std::log(0.15) + 3e-3 * (w - 75) * (w - 75) - 0.5; };
  const KernelModel model = fitted(truth);
  EXPECT_EQ(model.outside(std::vector<double>{75, 1}), 0);
  const double far = model.outside(std::vector<double>{140, 1});
  EXPECT_GT(far, 0.3);
  const Candidate candidate = model.best.outputs[0].candidate;
  const double slope = candidate.trend == Trend::linear ? model.best.outputs[0].coefficients.trend(1) : 0;
  EXPECT_NEAR(mean_of(model, CL, 150, 0) - mean_of(model, CL, 120, 0), slope * std::log(150.0 / 120), 1e-9);
}

TEST(FitKernel, SameNumbersAtAnyThreadCount) {
  const KernelModel one = fitted({}, {.replicates = 20, .threads = 1}),
                    three = fitted({}, {.replicates = 20, .threads = 3});
  EXPECT_EQ(one.result.r2_mean, three.result.r2_mean);
  EXPECT_EQ(one.result.baselines, three.result.baselines);
  for (std::size_t r = 0; r < 20; ++r)
    EXPECT_EQ(one.mean(one.replicates[r], std::vector<double>{66, 1}),
              three.mean(three.replicates[r], std::vector<double>{66, 1}));
}

TEST(FitKernel, ATrialWithoutCovariatesHasAnInterceptAndSaysSo) {
  Fit fit = make_fit({});
  fit.model.covariates.clear();
  for (IndividualEstimate& individual : fit.individuals) individual.covariates.clear();
  const auto model = fit_kernel(fit, {}, silent_progress());
  ASSERT_TRUE(model.ok()) << describe(model.errors());
  EXPECT_EQ(model->result.n_qubits, 0);
  EXPECT_THAT(model->result.verdict, HasSubstr("no covariate"));
  EXPECT_NEAR(model->mean(model->best, {})[R0], std::log(15.0) - 0.2, 0.2);
}

TEST(FitKernel, WrongSettingsAreAllTold) {
  const auto model = fit_kernel(Fit{}, {.layers = 0, .folds = 1}, silent_progress());
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.errors().size(), 3u);
  const auto unknown = fit_kernel(make_fit({}), {.map = "zzz"}, silent_progress());
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.errors()[0].fault, Fault::bad_usage);
}

}  // namespace
}  // namespace qdose
