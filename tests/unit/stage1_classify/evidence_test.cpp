// Marginal likelihoods against closed forms and against plain averages over the prior.
#include "qdose/stage1_classify/evidence.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "qdose/stage1_classify/report_evidence.hpp"
#include "qdose/stage1_classify/trial_evidence.hpp"
#include "qdose/stage1_classify/trial_problem.hpp"
#include "trials.hpp"

namespace qdose {
namespace {

double log_normal(double x, double mean, double variance) {
  return -(x - mean) * (x - mean) / (2 * variance) - std::log(2 * std::numbers::pi * variance) / 2;
}

/// x_k ~ N(0, 1) in `d` dimensions, one value y_k ~ N(x_k, sd^2) for each; the evidence is a normal density.
/// With `noisy` the likelihood is an unbiased estimate instead.
class Normal final : public Hypothesis {
 public:
  Normal(std::vector<double> y, double sd, bool noisy) : y_(std::move(y)), sd_(sd), noisy_(noisy) {}
  std::size_t size() const override { return y_.size(); }
  void draw(Stream& stream, double* x) const override {
    for (std::size_t k = 0; k < size(); ++k) x[k] = stream.normal();
  }
  double log_prior(const double* x) const override {
    double sum = 0;
    for (std::size_t k = 0; k < size(); ++k) sum += log_normal(x[k], 0, 1);
    return sum;
  }
  void log_likelihoods(const double* x, std::size_t count, Stream& stream, double* out) const override {
    for (std::size_t i = 0; i < count; ++i) {
      out[i] = noisy_ ? 0.3 * stream.normal() - 0.045 : 0;  // exp of it has mean 1
      for (std::size_t k = 0; k < size(); ++k) out[i] += log_normal(y_[k], x[i * size() + k], sd_ * sd_);
    }
  }
  double log_evidence() const {
    double sum = 0;
    for (double y : y_) sum += log_normal(y, 0, 1 + sd_ * sd_);
    return sum;
  }

 private:
  std::vector<double> y_;
  double sd_;
  bool noisy_;
};

TEST(Evidence, EqualsTheClosedFormWithinItsOwnError) {
  double squares = 0;
  int runs = 0;
  for (double sd : {1.0, 0.1, 0.01})
    for (bool noisy : {false, true})
      for (std::uint64_t seed = 0; seed < 6; ++seed, ++runs) {
        const Normal normal({0.4, -1.2, 2.1, 0.0, 0.9}, sd, noisy);
        Stream stream(seed, Purpose::property_test, 1);
        const Evidence e = estimate_evidence(normal, {}, -INFINITY, stream);
        const double error = (e.log_value - normal.log_evidence()) / e.standard_error;
        EXPECT_LT(e.standard_error, 0.1);
        EXPECT_LT(std::abs(error), 5);
        squares += error * error;
      }
  EXPECT_LT(squares / runs, 2.5);  // the claimed error is the true one, not a fraction of it
}

TEST(Evidence, DropsAClassThatFitsFarWorse) {
  const Normal normal({40, 40, 40}, 0.1, false);
  Stream stream(1, Purpose::property_test, 2);
  EXPECT_EQ(estimate_evidence(normal, {}, 1000, stream).log_value, -INFINITY);
}

class BayesClassifier : public testing::TestWithParam<Role> {};
INSTANTIATE_TEST_SUITE_P(Roles, BayesClassifier, testing::Values(Role::pk, Role::pd),
                         [](const auto& role) { return role.param == Role::pk ? "pk" : "pd"; });

TEST_P(BayesClassifier, KnowsHowOftenItIsRight) {
  const ReportProblem problem{GetParam(), true};
  constexpr std::size_t count = 48;
  const auto samples = report_trajectories(problem, 3, Purpose::property_test, 0, count);
  const auto posteriors = bayes_classifier(problem, samples, 3, 0, 2, {512, 256, 768});
  double log_score = 0, entropy = 0, variance = 0;
  for (std::size_t i = 0; i < count; ++i) {
    double own = 0, second = 0;
    for (double p : posteriors[i].probability)
      if (p > 0) {
        own -= p * std::log(p);
        second += p * std::log(p) * std::log(p);
      }
    log_score -=
        std::log(std::max(posteriors[i].probability[static_cast<std::size_t>(samples.label[i])], 1e-6));
    entropy += own;
    variance += second - own * own;
  }
  // Its log score is as large as it expects: calibrated, and no class with the truth was dropped.
  EXPECT_NEAR(log_score, entropy, 4 * std::sqrt(variance + 1));
  EXPECT_LT(entropy / count, std::log(10.0));
}

TEST_P(BayesClassifier, DoesNotDependOnBatches) {
  const ReportProblem problem{GetParam(), false};
  const auto three = report_trajectories(problem, 3, Purpose::property_test, 5, 3),
             last = report_trajectories(problem, 3, Purpose::property_test, 7, 1);
  const EvidenceSettings quick{64, 64, 64};
  EXPECT_EQ(bayes_classifier(problem, three, 3, 5, 2, quick)[2].probability,
            bayes_classifier(problem, last, 3, 7, 1, quick)[0].probability);
}

class TrialClassifier : public testing::TestWithParam<Role> {};
INSTANTIATE_TEST_SUITE_P(Roles, TrialClassifier, testing::Values(Role::pk, Role::pd),
                         [](const auto& role) { return role.param == Role::pk ? "pk" : "pd"; });

TEST_P(TrialClassifier, ExpectsTheLogScoreThatItGets) {
  const Trial design = test::simulated("pk_2c_oral", "pd_indirect_inhib_kin", 3, 5);
  const auto problem = make_trial_problem(design, GetParam(), 2);
  const TrialBayes bayes(design, GetParam(), 2);
  double log_score = 0, entropy = 0, variance = 0;
  for (std::uint64_t item = 0; item < 12; ++item) {
    const auto subjects = (*problem)->trial(Purpose::property_test, item, 4).subjects;
    const std::size_t label = (*problem)->draw(Purpose::property_test, item, 1, 4).label[0];
    const auto treated =
        std::find_if(subjects.begin(), subjects.end(), [](const Subject& s) { return !s.doses.empty(); });
    const auto p = bayes.posterior(*treated, Stream(2, Purpose::property_test, item, 7));
    double own = 0, second = 0;
    for (std::size_t c = 0; c < p.size(); ++c) {
      EXPECT_TRUE((*problem)->task().possible[c] || p[c] == 0);
      if (p[c] > 0) own -= p[c] * std::log(p[c]), second += p[c] * std::log(p[c]) * std::log(p[c]);
    }
    log_score -= std::log(std::max(p[label], 1e-6));
    entropy += own;
    variance += second - own * own;
  }
  EXPECT_NEAR(log_score, entropy, 4 * std::sqrt(variance + 1));
  EXPECT_LT(entropy / 12, 1.5);
}

TEST(TrialClassifierPlacebo, SaysNothing) {
  const Trial design = test::simulated("pk_2c_oral", "pd_indirect_inhib_kin", 3, 5);
  const TrialBayes bayes(design, Role::pd, 2);
  const auto placebo = std::find_if(design.subjects.begin(), design.subjects.end(),
                                    [](const Subject& s) { return s.doses.empty(); });
  ASSERT_NE(placebo, design.subjects.end());
  for (double p : bayes.posterior(*placebo, Stream(1, Purpose::property_test, 1))) EXPECT_NEAR(p, 0.1, 1e-12);
}

}  // namespace
}  // namespace qdose
