#include "qdose/stage1_classify/trial_problem.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "qdose/stage1_classify/class_choice.hpp"
#include "qdose/stage1_classify/sample_ledger.hpp"
#include "qdose/stage1_classify/train_job.hpp"
#include "trials.hpp"

namespace qdose {
namespace {

class TrialProblem : public testing::TestWithParam<Role> {
 protected:
  TrialProblem() : trial_(test::simulated("pk_2c_oral", "pd_indirect_inhib_kin", 4, 5)) {
    auto made = make_trial_problem(trial_, GetParam(), 9);
    problem_ = std::move(*made);
  }
  Trial trial_;
  std::unique_ptr<Problem> problem_;
};
INSTANTIATE_TEST_SUITE_P(Roles, TrialProblem, testing::Values(Role::pk, Role::pd),
                         [](const auto& role) { return role.param == Role::pk ? "pk" : "pd"; });

TEST_P(TrialProblem, AnAddressGivesTheSameTrialInAnyBatch) {
  const auto one = problem_->draw(Purpose::training, 7, 1, 4),
             many = problem_->draw(Purpose::training, 5, 4, 4);
  const std::size_t size = one.tokens.values.size();
  EXPECT_EQ(many.label[2], one.label[0]);
  EXPECT_EQ(std::vector(many.tokens.values.begin() + static_cast<std::ptrdiff_t>(2 * size),
                        many.tokens.values.begin() + static_cast<std::ptrdiff_t>(3 * size)),
            one.tokens.values);
}

TEST_P(TrialProblem, TrainingValidationAndTestShareNoTrial) {
  std::set<std::vector<float>> seen;
  std::size_t drawn = 0;
  for (Purpose purpose : {Purpose::training, Purpose::validation, Purpose::test}) {
    const auto batch = problem_->draw(purpose, 0, 200, 2);
    const std::size_t size = batch.tokens.values.size() / batch.trials();
    for (std::size_t i = 0; i < batch.trials(); ++i, ++drawn)
      seen.emplace(batch.tokens.values.begin() + static_cast<std::ptrdiff_t>(i * size),
                   batch.tokens.values.begin() + static_cast<std::ptrdiff_t>((i + 1) * size));
  }
  EXPECT_EQ(seen.size(), drawn);
}

TEST_P(TrialProblem, EveryPossibleClassAndNoOtherIsDrawn) {
  const EncoderTask& task = problem_->task();
  std::set<std::size_t> labels;
  for (std::size_t label : problem_->draw(Purpose::training, 0, 300, 1).label) labels.insert(label);
  for (std::size_t c = 0; c < task.classes.size(); ++c)
    EXPECT_EQ(labels.count(c) == 1, task.possible[c]) << c;
  EXPECT_EQ(task.possible, possible_classes(GetParam(), trial_));
}

TEST_P(TrialProblem, TargetsAreStandardisedAndMaskedByClass) {
  const EncoderTask& task = problem_->task();
  const auto batch = problem_->draw(Purpose::training, 0, 1500, 1);
  std::vector<double> n(task.slots.size()), sum(task.slots.size()), squares(task.slots.size());
  for (std::size_t s = 0; s < batch.tokens.subjects; ++s)
    for (std::size_t k = 0; k < task.slots.size(); ++k) {
      const std::size_t i = s * task.slots.size() + k;
      EXPECT_EQ(batch.mask[i] == 1, task.slots[k].model == batch.label[s]);
      if (batch.mask[i] == 0) continue;
      n[k] += 1;
      sum[k] += batch.target[i];
      squares[k] += batch.target[i] * batch.target[i];
    }
  for (std::size_t k = 0; k < n.size(); ++k) {
    ASSERT_GT(n[k], 50);
    EXPECT_NEAR(sum[k] / n[k], 0, 6 / std::sqrt(n[k])) << task.slots[k].symbol;
    EXPECT_NEAR(squares[k] / n[k], 1, 12 / std::sqrt(n[k])) << task.slots[k].symbol;
  }
}

TEST_P(TrialProblem, GroupsOfAnySizeComeFromTheDesign) {
  for (std::size_t group : {std::size_t{1}, std::size_t{3}, problem_->full_group()}) {
    const auto batch = problem_->draw(Purpose::validation, 0, 5, group);
    EXPECT_EQ(batch.tokens.subjects, 5 * group);
    EXPECT_EQ(batch.tokens.levels.size(), 5 * level_count(GetParam()));
    for (std::size_t count : batch.tokens.count) EXPECT_GT(count, 0u);
  }
  EXPECT_EQ(problem_->full_group(), usable_subjects(trial_, GetParam()).size());
}

/// Problems without a trial: priors and role.
class FreeProblem : public testing::TestWithParam<std::tuple<std::string, Role>> {
 protected:
  FreeProblem() {
    TrainJob job;
    std::tie(job.priors, job.role) = GetParam();
    job.seed = 9;
    job.config.patch = 3;
    problem_ = make_problem(job).value();
  }
  std::unique_ptr<Problem> problem_;
};
INSTANTIATE_TEST_SUITE_P(Priors, FreeProblem,
                         testing::Combine(testing::Values("general", "report", "report-as-published"),
                                          testing::Values(Role::pk, Role::pd)),
                         [](const auto& about) {
                           std::string name = std::get<0>(about.param) +
                                              (std::get<1>(about.param) == Role::pk ? "_pk" : "_pd");
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST_P(FreeProblem, RepeatsNothingAndKeepsThePurposesApart) {
  SampleLedger seen;
  const std::size_t group = problem_->group_sizes().front();
  for (std::uint64_t item = 0; item < 300; item += 50)
    seen.add(problem_->draw(Purpose::training, item, 50, group).tokens);
  EXPECT_EQ(seen.repeated(), 0u);
  for (Purpose purpose : {Purpose::validation, Purpose::test})
    EXPECT_EQ(seen.count(problem_->draw(purpose, 0, 50, group).tokens), 0u);
  const auto again = problem_->draw(Purpose::training, 100, 50, group).tokens;
  EXPECT_EQ(seen.count(again), again.subjects);
}

TEST_P(FreeProblem, BatchesAreWellFormed) {
  const EncoderTask& task = problem_->task();
  std::set<std::size_t> labels;
  for (std::size_t group : problem_->group_sizes()) {
    const auto batch = problem_->draw(Purpose::validation, 7, 64, group);
    labels.insert(batch.label.begin(), batch.label.end());
    EXPECT_EQ(batch.tokens.subjects, 64 * group);
    EXPECT_EQ(batch.tokens.features, task.features);
    EXPECT_EQ(batch.tokens.levels.size(), 64 * task.reference_levels.size());
    EXPECT_EQ(batch.target.size(), batch.tokens.subjects * task.slots.size());
    for (float x : batch.tokens.values) ASSERT_TRUE(std::isfinite(x) && std::abs(x) < 60) << x;
    for (float x : batch.target) ASSERT_TRUE(std::isfinite(x)) << x;
    double mean = 0, present = 0;
    for (std::size_t i = 0; i < batch.target.size(); ++i) {
      mean += batch.target[i];
      present += batch.mask[i];
    }
    EXPECT_NEAR(mean / present, 0, 0.3);
  }
  EXPECT_EQ(labels.size(), task.classes.size());
}

TEST(UsableSubjects, PlaceboCountsForTheResponseOnly) {
  const Trial trial = test::simulated("pk_2c_oral", "pd_indirect_inhib_kin", 4, 5);
  EXPECT_EQ(usable_subjects(trial, Role::pk).size(), 12u);
  EXPECT_EQ(usable_subjects(trial, Role::pd).size(), 16u);
  EXPECT_FALSE(make_trial_problem(Trial{}, Role::pk, 1).ok());
}

TEST(ClassChoice, FollowsTheRoute) {
  const auto allowed = [](Route route) {
    Trial trial;
    trial.route = route;
    std::set<std::string> ids;
    const auto possible = possible_classes(Role::pk, trial);
    for (std::size_t c = 0; c < possible.size(); ++c)
      if (possible[c]) ids.emplace(pk_models()[c].about.id);
    return ids;
  };
  EXPECT_EQ(allowed(Route::unknown).size(), pk_models().size());
  EXPECT_EQ(allowed(Route::extravascular),
            (std::set<std::string>{"pk_1c_oral", "pk_1c_oral_lag", "pk_2c_oral", "pk_1c_transit_abs",
                                   "pk_1c_oral_flipflop"}));
  EXPECT_EQ(allowed(Route::bolus),
            (std::set<std::string>{"pk_1c_iv", "pk_1c_iv_mm", "pk_2c_iv", "pk_3c_iv"}));
  EXPECT_TRUE(allowed(Route::infusion).count("pk_2c_iv_infusion"));
  EXPECT_FALSE(allowed(Route::infusion).count("pk_1c_oral"));
}

TEST(ClassChoice, KnowsWhichClassesAreOneModel) {
  EXPECT_EQ(same_equations("pk_1c_oral"), std::vector<std::string>{"pk_1c_oral_flipflop"});
  EXPECT_TRUE(same_equations("pk_2c_oral").empty());
  EXPECT_TRUE(same_equations("pd_indirect_inhib_kin").empty());
  EXPECT_TRUE(same_equations("no_such_class").empty());
}

TEST(ClassChoice, AKnownDurationMakesTheModelledOneTheSameModel) {
  Trial trial;
  trial.route = Route::infusion;
  EXPECT_EQ(same_equations("pk_2c_iv", trial), std::vector<std::string>{"pk_2c_iv_infusion"});
  EXPECT_EQ(same_equations("pk_2c_iv_infusion", trial), std::vector<std::string>{"pk_2c_iv"});
  EXPECT_TRUE(same_equations("pk_3c_iv", trial).empty());
  trial.modelled_duration = true;
  EXPECT_TRUE(same_equations("pk_2c_iv", trial).empty());
  trial.modelled_duration = false, trial.route = Route::bolus;
  EXPECT_TRUE(same_equations("pk_2c_iv", trial).empty());
}

}  // namespace
}  // namespace qdose
