#include "qdose/results/run_info.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "qdose/base/files.hpp"

namespace qdose {
namespace {

RunInfo small_run() {
  RunInfo info;
  info.version = "1.2.3";
  info.command_line = "qdose run \"odd name.csv\"";
  info.seed = 18446744073709551557u;  // above what a double holds exactly
  info.threads = 2;
  info.stages = {{"fit", 1.25}};
  info.settings = {{"stage2.chains", "4"}};
  info.classes = {{"pk_1c_oral", "one compartment, oral", {{"CL", "L/h", "clearance"}}, {"dA/dt = ..."}}};
  info.trial.file = "odd name.csv";
  info.trial.covariates = {{"BW", false, 70, 50, 100}};
  info.trial.subjects = {{"7", 3, {61}, {0, 24}, {3, 3}, {1, 2}, {0.5, 0.25}, {0, 1}, {12, 11.5}},
                         {"8", 0, {75}, {}, {}, {}, {}, {0}, {13}},
                         {"9", 3, {80}, {0}, {3}, {}, {}, {0}, {14}}};
  return info;
}

std::string temporary(const std::string& name) {
  return (std::filesystem::temp_directory_path() / ("qdose-" + std::to_string(::getpid()) + "-" + name))
      .string();
}

TEST(RunInfo, ComesBackFromItsFile) {
  const std::string path = temporary("run.json");
  ASSERT_TRUE(save(small_run(), path).ok());
  const Result<RunInfo> loaded = load_run_info(path);
  std::filesystem::remove(path);
  ASSERT_TRUE(loaded.ok()) << describe(loaded.errors());
  EXPECT_EQ(loaded->seed, small_run().seed);
  EXPECT_EQ(loaded->command_line, small_run().command_line);
  ASSERT_EQ(loaded->trial.subjects.size(), 3u);
  EXPECT_EQ(loaded->trial.subjects[0].pk, (std::vector<double>{0.5, 0.25}));
  EXPECT_EQ(loaded->trial.subjects[1].dose_level, 0);
  EXPECT_EQ(loaded->classes[0].parameters[0].meaning, "clearance");
  EXPECT_EQ(loaded->settings[0].value, "4");
}

TEST(RunInfo, ArmsAreDistinctAndAscending) {
  EXPECT_EQ(arms(small_run().trial), (std::vector<double>{0, 3}));
}

TEST(RunInfo, FindsAClassById) {
  const RunInfo info = small_run();
  ASSERT_NE(find_class(info, "pk_1c_oral"), nullptr);
  EXPECT_EQ(find_class(info, "pk_3c_iv"), nullptr);
}

TEST(RunInfo, AMissingFileAndAWrongFileAreTold) {
  const Result<RunInfo> missing = load_run_info(temporary("does-not-exist.json"));
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.errors().front().fault, Fault::file);

  const std::string path = temporary("wrong.json");
  ASSERT_TRUE(write_file(path, "{\"trial\": 3}").ok());
  const Result<RunInfo> wrong = load_run_info(path);
  std::filesystem::remove(path);
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.errors().front().fault, Fault::bad_input);
}

}  // namespace
}  // namespace qdose
