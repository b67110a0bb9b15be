// A run folder of another version: every file that cannot be read is named, with the command that writes it
// again.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/run_qdose.hpp"

namespace qdose {
namespace {

using nlohmann::json;

bool holds(const Ended& ended, const std::string& words) {
  return ended.err.find(words) != std::string::npos;
}

TEST(OldFolder, EveryFileOfAnotherVersionIsNamedWithTheCommandThatWritesIt) {
  const TemporaryFolder folder;
  const std::string at = folder.path().string();
  for (const char* name :
       {"selection.json", "fit.json", "kernel.json", "doses.json", "virtual_subjects.json"})
    ASSERT_TRUE(write_file(folder.path() / name, "{\"version\": \"0.0.1\"}").ok());
  ASSERT_TRUE(write_file(folder.path() / "run.json", "{\"seed\": \"one\"}").ok());
  const Ended ended = run_qdose("report " + at);
  EXPECT_EQ(ended.status, 2);
  EXPECT_TRUE(holds(ended, "another version of qdose")) << ended.err;
  EXPECT_FALSE(holds(ended, "json.exception")) << ended.err;
  for (const char* words : {"select TRIAL.csv", "fit TRIAL.csv", "kernel fit", "dose", "run TRIAL.csv"})
    EXPECT_TRUE(holds(ended, "qdose " + std::string(words) + " --out " + at + " --force")) << words << "\n"
                                                                                           << ended.err;
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "report.html"));
}

TEST(OldFolder, AFileThatWasCutOffIsSaidToBeThat) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_file(folder.path() / "doses.json", "{\"threshold\": 3.3, \"answ").ok());
  const Ended ended = run_qdose("report " + folder.path().string());
  EXPECT_EQ(ended.status, 2);
  EXPECT_TRUE(holds(ended, "cut off or damaged")) << ended.err;
}

/// The commands that the messages name do make the folder readable again.
TEST(OldFolder, TheNamedCommandsMendIt) {
  const TemporaryFolder folder;
  const std::string at = folder.path().string(), to = " --force --quiet --out " + at;
  const std::string classes = " --pk pk_1c_oral --pd pd_indirect_inhib_kin";
  ASSERT_EQ(run_qdose("simulate trial --seed 5" + classes + to).status, 0);
  const std::string fit =
      "fit " + at + "/trial.csv" + classes + " --chains 2 --warmup 150 --draws 100 --most-draws 100" + to;
  ASSERT_EQ(run_qdose(fit).status, 0);
  json document = json::parse(*read_file(folder.path() / "fit.json"));
  document.erase("model");
  ASSERT_TRUE(write_file(folder.path() / "fit.json", document.dump()).ok());
  const Ended old = run_qdose("kernel fit --replicates 5" + to);
  EXPECT_EQ(old.status, 2);
  EXPECT_TRUE(holds(old, "qdose fit TRIAL.csv --out " + at)) << old.err;
  ASSERT_EQ(run_qdose(fit).status, 0);
  EXPECT_EQ(run_qdose("kernel fit --replicates 5" + to).status, 0);
}

}  // namespace
}  // namespace qdose
