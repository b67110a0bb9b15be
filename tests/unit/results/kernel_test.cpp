#include "qdose/results/kernel.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "qdose/base/files.hpp"

namespace qdose {
namespace {

std::string scratch(const std::string& name) {
  return (std::filesystem::path(testing::TempDir()) / ("qdose_kernel_" + name)).string();
}

KernelResult example() {
  KernelResult result;
  result.feature_map = "zz";
  result.n_qubits = 2;
  // not in the alphabet's order: the file must keep the model's
  result.outputs = {{"V", 0.25, 0.9, 0.1, true, 3.5, 0.35}, {"CL", -0.02, 0.8, 0.2, false, 0, 0}};
  result.r2_mean = 0.115;
  result.baselines = {{"mean", 0}, {"log_linear", 0.12}};
  result.baseline_r2 = {{"log_linear", {{"CL", 0.01}, {"V", 0.23}}}};
  result.geometric_difference = 1.5, result.geometric_limit = 6.9;
  result.seconds_states = 1e-4, result.seconds_gram = 2e-4, result.seconds_solve = 0.5;
  result.verdict = "no advantage";
  result.curves = {{"V", "BW", 1, {50, 60}, {1.5, 1.6}, {1.4, 1.7}}};
  result.notes = {"a \"quoted\" note, with a comma"};
  return result;
}

TEST(KernelResult, ComesBackAsSaved) {
  const std::string path = scratch("whole.json");
  const KernelResult saved = example();
  ASSERT_TRUE(save(saved, path).ok());
  const auto loaded = load_kernel(path);
  ASSERT_TRUE(loaded.ok()) << describe(loaded.errors());
  EXPECT_EQ(loaded->outputs.size(), 2u);
  EXPECT_EQ(loaded->outputs[0].name, "V");
  EXPECT_EQ(loaded->outputs[0].bandwidth, 0.35);
  EXPECT_FALSE(loaded->outputs[1].has_signal);
  EXPECT_EQ(loaded->baselines, saved.baselines);
  EXPECT_EQ(loaded->baseline_r2, saved.baseline_r2);
  EXPECT_EQ(loaded->seconds_gram, saved.seconds_gram);
  EXPECT_EQ(loaded->curves[0].x, saved.curves[0].x);
  EXPECT_EQ(loaded->notes, saved.notes);
  EXPECT_EQ(loaded->verdict, saved.verdict);
}

TEST(KernelResult, ADamagedFileIsWrongInputThatNamesTheFile) {
  const std::string path = scratch("damaged.json");
  ASSERT_TRUE(write_file(path, "{\"feature_map\": \"zz\"}").ok());
  const auto loaded = load_kernel(path);
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.errors()[0].fault, Fault::bad_input);
  EXPECT_EQ(loaded.errors()[0].place, path);
}

}  // namespace
}  // namespace qdose
