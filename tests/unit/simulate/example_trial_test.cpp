// data/README.md says what made data/example.csv and what the right doses are: this makes both again.
#include <gtest/gtest.h>

#include <cstdlib>

#include "qdose/base/files.hpp"
#include "qdose/data/write_trial.hpp"
#include "tests/support/true_attainment.hpp"

namespace qdose {
namespace {

VirtualTrialSettings example_settings() {
  VirtualTrialSettings s;
  s.pk = "pk_1c_oral";
  s.pd = "pd_indirect_stim_kout";
  s.levels = "0, 5, 15, 50";
  s.subjects = 10;
  s.doses = 14;
  s.values = "CL=1.5, V=100, ka=0.9, R0=40, kout=0.02, Emax=5, EC50=0.4";
  return s;
}

constexpr std::uint64_t example_seed = 2026;

std::string data_file(const std::string& name) {
  const char* root = std::getenv("QDOSE_SOURCE_DIR");
  const auto text = read_file(std::string(root == nullptr ? "." : root) + "/data/" + name);
  return text.ok() ? *text : "cannot be read: " + describe(text.errors());
}

TEST(ExampleTrial, IsWhatItsCommandMakes) {
  const TrialDesign design = *design_of(example_settings());
  const VirtualTrial made = simulate_trial(design, *truth_of(example_settings()), example_seed).value();
  EXPECT_EQ(trial_text(made.trial), data_file("example.csv"));
  EXPECT_EQ(truth_json(made, design, example_seed), data_file("example-truth.json"));
}

TEST(ExampleTrial, HasTheDosesThatItsDescriptionNames) {
  const VirtualTrial made =
      simulate_trial(*design_of(example_settings()), *truth_of(example_settings()), example_seed).value();
  struct Answer {
    double target, interval, dose, grid;
  };
  for (const Answer& a :
       {Answer{0.9, 24, 19.5, 0.5}, {0.9, 168, 760, 5}, {0.75, 24, 10.5, 0.5}, {0.75, 168, 315, 5}}) {
    DosingQuestion question;
    question.threshold = 14;
    question.interval = a.interval;
    const auto attained = [&](double dose) {
      return true_attainment(made.truth, made.reference_weight, question, dose, 40000, 1);
    };
    EXPECT_GE(attained(a.dose), a.target) << a.dose;
    EXPECT_LT(attained(a.dose - a.grid), a.target) << a.dose;
  }
}

}  // namespace
}  // namespace qdose
