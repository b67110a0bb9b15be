// The same bytes on any number of ranks, and no file left behind when one is stopped.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/support/npy_file.hpp"
#include "tests/support/run_qdose.hpp"

namespace qdose {
namespace {

namespace fs = std::filesystem;

/// `mpirun -n ranks qdose words`, also as root and on fewer processors than ranks.
int run_ranks(int ranks, const std::string& words) {
  const std::string build = fs::read_symlink("/proc/self/exe").parent_path();
  const std::string command = "mpirun --allow-run-as-root --oversubscribe -n " + std::to_string(ranks) + " " +
                              build + "/qdose " + words + " >/dev/null 2>&1";
  const int raw = std::system(command.c_str());
  return WIFEXITED(raw) ? WEXITSTATUS(raw) : -1;
}

class MpiRanks : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("mpirun --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "there is no mpirun";
    const Ended alone =
        run_qdose("simulate pk --mpi --count 10 --out " + (folder_.path() / "probe").string());
    if (alone.status == 3) GTEST_SKIP() << "built without MPI";
  }
  TemporaryFolder folder_;
};

TEST_F(MpiRanks, WriteTheSameBytes) {
  for (const std::string role : {"pk", "pd"}) {
    const std::string words = "simulate " + role + " --count 30000 --seed 4 --quiet";
    const fs::path alone = folder_.path() / (role + "1");
    ASSERT_EQ(run_qdose(words + " --out " + alone.string()).status, 0);
    for (const int ranks : {2, 3}) {
      const fs::path shared = folder_.path() / (role + std::to_string(ranks));
      ASSERT_EQ(run_ranks(ranks, words + " --threads 1 --mpi --out " + shared.string()), 0);
      EXPECT_TRUE(same_files(alone, shared)) << role << " on " << ranks << " ranks";
    }
  }
}

TEST_F(MpiRanks, MoreRanksThanWork) {
  const fs::path alone = folder_.path() / "few1", shared = folder_.path() / "few3";
  ASSERT_EQ(run_qdose("simulate pk --count 50 --quiet --out " + alone.string()).status, 0);
  ASSERT_EQ(run_ranks(3, "simulate pk --count 50 --quiet --mpi --out " + shared.string()), 0);
  EXPECT_TRUE(same_files(alone, shared));
}

/// A small trial, its fit and its calibration: the same draws and the same ranks of the truths.
TEST_F(MpiRanks, ShareChainsAndRefits) {
  const std::string classes = "--pk pk_1c_iv --pd pd_direct_emax ", trial = (folder_.path() / "t").string();
  ASSERT_EQ(run_qdose("simulate trial " + classes + "--seed 3 --subjects 3 --doses 2 --quiet --out " + trial)
                .status,
            0);
  const std::string words = "fit " + trial + "/trial.csv " + classes +
                            "--warmup 100 --draws 100 --most-draws 200 --sbc 20 --quiet --threads 1 --out ";
  const fs::path alone = folder_.path() / "alone";
  ASSERT_EQ(run_qdose(words + alone.string()).status, 0);
  const auto calibration = [](const fs::path& folder) {
    auto json = nlohmann::json::parse(*read_file(folder / "sbc.json"));
    json.erase("seconds");
    return json;
  };
  for (const int ranks : {2, 3}) {
    const fs::path shared = folder_.path() / ("shared" + std::to_string(ranks));
    ASSERT_EQ(run_ranks(ranks, words + shared.string() + " --mpi"), 0);
    EXPECT_TRUE(same_files(alone / "draws", shared / "draws")) << ranks << " ranks";
    EXPECT_EQ(calibration(alone), calibration(shared)) << ranks << " ranks";
  }
}

TEST_F(MpiRanks, EndTogetherWhenTheFolderCannotBeMade) {
  EXPECT_EQ(run_ranks(2, "simulate pk --count 50 --mpi --out /proc/none"), 4);
}

}  // namespace
}  // namespace qdose
