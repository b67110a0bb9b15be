// The general encoder on one trial: units, routes, and as the start of tuning.
#include "qdose/stage1_classify/general_encoder.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>

#include "qdose/results/evaluation.hpp"
#include "qdose/stage1_classify/inference.hpp"
#include "qdose/stage1_classify/posterior.hpp"
#include "qdose/stage1_classify/shipped_encoder.hpp"
#include "qdose/stage1_classify/train_process.hpp"
#include "qdose/stage1_classify/trial_problem.hpp"
#include "trials.hpp"

namespace qdose {
namespace {

/// An encoder with random weights and the tasks of a general one.
Encoder general_encoder(Role role) {
  TrainJob job;
  job.role = role;
  job.priors = "general";
  Encoder encoder = untrained_encoder(*find_encoder_config("small"), (*make_problem(job))->task(), 3);
  Stream stream(4, Purpose::property_test, 1);
  for (float& w : encoder.weights.at("parameters2.bias").values) w = static_cast<float>(stream.normal());
  return encoder;
}

class GeneralEncoder : public testing::TestWithParam<Role> {
 protected:
  Trial trial_ = test::simulated("pk_2c_oral", "pd_indirect_inhib_kin", 4, 5);
};
INSTANTIATE_TEST_SUITE_P(Roles, GeneralEncoder, testing::Values(Role::pk, Role::pd),
                         [](const auto& role) { return role.param == Role::pk ? "pk" : "pd"; });

TEST_P(GeneralEncoder, UnitsChangeParametersAsUnitsDoAndProbabilitiesNotAtAll) {
  const Encoder general = general_encoder(GetParam());
  const auto posterior = [&](const Trial& trial) {
    return class_posterior(fitted_to(general, trial), trial, 1);
  };
  const test::Units units{60, 1e-3, 20, 7};
  const ClassPosterior plain = posterior(trial_), other = posterior(test::in_units(trial_, units));
  for (const auto& [id, p] : plain.probabilities) EXPECT_NEAR(other.probabilities.at(id), p, 1e-4) << id;
  const std::map<std::string, double> factor{{"L/h", units.amount / units.concentration / units.time},
                                             {"L", units.amount / units.concentration},
                                             {"1/h", 1 / units.time},
                                             {"h", units.time},
                                             {"mg/L", units.concentration},
                                             {"mg/h", units.amount / units.time},
                                             {"ng/mL", units.response},
                                             {"(ng/mL)/(mg/L)", units.response / units.concentration},
                                             {"-", 1}};
  ASSERT_EQ(other.model, plain.model);
  for (const Parameter& p : find_model(plain.model)->parameters)
    for (std::size_t s = 0; s < plain.subjects.size(); ++s) {
      const std::string symbol(p.symbol);
      const double expected = plain.subjects[s].parameters.at(symbol) * factor.at(std::string(p.unit));
      EXPECT_NEAR(other.subjects[s].parameters.at(symbol) / expected, 1, 1e-3) << symbol;
    }
}

TEST_P(GeneralEncoder, TheStartOfTuningAnswersLikeTheGeneralOne) {
  const Encoder general = general_encoder(GetParam());
  const auto file = std::filesystem::temp_directory_path() / ("qdose-general-" + std::to_string(getpid()));
  ASSERT_TRUE(save_encoder(general, file).ok());
  TrainJob job;
  job.role = GetParam();
  job.trial = trial_;
  job.config = general.config;
  job.start = file.string();
  const auto problem = make_problem(job);
  const auto start = starting_encoder(job, (*problem)->task());
  std::filesystem::remove(file);
  ASSERT_TRUE(start.ok());
  const Encoder fitted = fitted_to(general, trial_);
  const ClassPosterior from_start = class_posterior(*start, trial_, 1),
                       direct = class_posterior(fitted, trial_, 1);
  for (const auto& [id, p] : direct.probabilities)
    EXPECT_NEAR(from_start.probabilities.at(id), p, 1e-5) << id;
  for (std::size_t s = 0; s < direct.subjects.size(); ++s)
    for (const auto& [symbol, value] : direct.subjects[s].parameters)
      EXPECT_NEAR(from_start.subjects[s].parameters.at(symbol) / value, 1, 1e-3) << symbol;
}

TEST_P(GeneralEncoder, AnEncoderOfAnotherShapeIsNoStart) {
  const auto file = std::filesystem::temp_directory_path() / ("qdose-other-" + std::to_string(getpid()));
  ASSERT_TRUE(save_encoder(general_encoder(GetParam()), file).ok());
  TrainJob job;
  job.role = GetParam();
  job.trial = trial_;
  job.config = *find_encoder_config("004");
  job.start = file.string();
  EXPECT_FALSE(starting_encoder(job, (*make_problem(job))->task()).ok());
  std::filesystem::remove(file);
}

/// Steps far too long spoil the weights; the answer stays that of the start.
TEST(Tuning, NeverEndsWithAWorseEncoder) {
  if (training_program().empty()) GTEST_SKIP() << "qdose-train was not built (no libtorch)";
  TrainJob job;
  job.trial = test::simulated("pk_1c_oral", "pd_indirect_inhib_kin", 4, 5);
  job.config = *find_encoder_config("small");
  job.config.learning_rate = 30;  // the rise over 50 steps leaves 0.6 of it for the first
  job.steps = 3;
  job.evaluations = 1;
  job.start = shipped_encoder_file(Role::pk, "general").string();
  const auto folder = std::filesystem::temp_directory_path() / ("qdose-tuning-" + std::to_string(getpid()));
  const TrainingRun run{job, folder, false};
  const auto done = run_trainings({&run, 1}, "tuning", silent_progress());
  const auto tuned = load_encoder(folder / encoder_file);
  const auto scores = load_evaluation((folder / evaluation_file).string());
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(done.ok() && tuned.ok() && scores.ok());
  const auto start = starting_encoder(job, (*make_problem(job))->task());
  for (const auto& [name, tensor] : start->weights)
    EXPECT_EQ(tuned->weights.at(name).values, tensor.values) << name;
  ASSERT_EQ(scores->training_curve.size(), 2u);
  EXPECT_GT(scores->training_curve[1].cross_entropy, scores->training_curve[0].cross_entropy);
}

/// What comes with the program, on the trial and in other units.
TEST_P(GeneralEncoder, TheShippedOneDoesNotSeeUnits) {
  const auto shipped = shipped_encoder(GetParam(), "general");
  ASSERT_TRUE(shipped.ok());
  const auto posterior = [&](const Trial& trial) {
    return class_posterior(fitted_to(*shipped, trial), trial, 1);
  };
  const ClassPosterior plain = posterior(trial_);
  for (const test::Units& units : {test::Units{1 / 24.0, 1, 1, 1}, test::Units{1, 1000, 1, 1},
                                   test::Units{1, 1, 1000, 1}, test::Units{1, 1, 1, 0.01}}) {
    const ClassPosterior other = posterior(test::in_units(trial_, units));
    EXPECT_EQ(other.model, plain.model);
    for (const auto& [id, p] : plain.probabilities) EXPECT_NEAR(other.probabilities.at(id), p, 1e-3) << id;
  }
}

}  // namespace
}  // namespace qdose
