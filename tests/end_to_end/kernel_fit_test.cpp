// qdose kernel fit as a user runs it: random splits for paired intervals, and counts that came back from
// hardware.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "qdose/stage3_covariates/feature_map.hpp"
#include "qdose/stage3_covariates/gram.hpp"
#include "tests/support/run_qdose.hpp"

namespace qdose {
namespace {

using nlohmann::json;

/// A fit of a virtual trial in a folder, made once by the program itself.
class KernelFit : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    const std::string at = folder_->path().string(), trial = at + "/virtual";
    ASSERT_EQ(run_qdose("simulate trial --pk pk_1c_oral --pd pd_indirect_inhib_kin --between-subjects 0.4 "
                        "--seed 5 --out " +
                        trial)
                  .status,
              0);  // subjects alike enough for covariates to be seen
    const Ended fit = run_qdose("fit " + trial + "/trial.csv --pk pk_1c_oral --pd pd_indirect_inhib_kin " +
                                "--chains 2 --warmup 150 --draws 100 --most-draws 100 --out " + at);
    ASSERT_EQ(fit.status, 0) << fit.err;
  }
  static void TearDownTestSuite() { folder_.reset(); }

  /// `qdose kernel WORDS` on that fit, with a fixed map and bandwidth: both are what a circuit is made of.
  static Ended kernel(const std::string& words) {
    return run_qdose("kernel " + words + " --map zz --bandwidth 0.35 --force --json --out " +
                     folder_->path().string());
  }
  static std::filesystem::path file(const std::string& name) { return folder_->path() / name; }

 private:
  static std::unique_ptr<TemporaryFolder> folder_;
};
std::unique_ptr<TemporaryFolder> KernelFit::folder_;

/// The rows of `qdose kernel circuit`'s angles, without the person's number.
std::vector<double> angles_of(const std::filesystem::path& path, std::size_t& people) {
  std::ifstream in(path);
  std::string line, field;
  std::getline(in, line);
  std::vector<double> angles;
  for (people = 0; std::getline(in, line); ++people) {
    std::istringstream row(line);
    std::getline(row, field, ',');
    while (std::getline(row, field, ',')) angles.push_back(std::stod(field));
  }
  return angles;
}

/// Counts that an ideal machine with a loss of `lost` in one pass would return on average, rounded to whole
/// shots.
std::string ideal_counts(const std::vector<double>& angles, std::size_t people, double shots, double lost) {
  const auto states = run_circuit<double>(build_feature_map("zz", {2, 2, true}).value(), angles, people);
  const std::vector<double> fidelity = fidelity_gram(states);
  std::string text = "row,column,outcome,count\n";
  for (std::size_t i = 0; i < people; ++i)
    for (std::size_t j = i; j < people; ++j) {
      const double kept = (1 - lost) * (1 - lost);
      const auto zeros = std::lround(shots * (kept * fidelity[i * people + j] + (1 - kept) / 4));
      const std::string pair = std::to_string(i) + "," + std::to_string(j) + ",";
      text += pair + "00," + std::to_string(zeros) + "\n";
      text += pair + "10," + std::to_string(std::lround(shots) - zeros) + "\n";
    }
  return text;
}

TEST_F(KernelFit, ResplitsGiveEveryBaselineAPairedInterval) {
  const Ended ended = kernel("fit --replicates 5 --resplits 4");
  ASSERT_EQ(ended.status, 0) << ended.err;
  const json document = json::parse(ended.out);
  const json& compared = document.at("comparisons");
  EXPECT_EQ(compared.size(), document.at("baselines").size());
  for (const json& c : compared) {
    EXPECT_TRUE(document.at("baselines").contains(c.at("baseline"))) << c;
    EXPECT_EQ(c.at("resplits"), 4);
    // A method that finds nothing beyond the common trend is that trend: its differences are exactly 0.
    EXPECT_LE(c.at("low"), c.at("difference"));
    EXPECT_LE(c.at("difference"), c.at("high"));
    if (c.at("baseline") != "mean" && c.at("baseline") != "gaussian_process") continue;
    EXPECT_LT(c.at("low"), c.at("high"));
    EXPECT_GT(c.at("high"), 0.0);
  }
  EXPECT_EQ(json::parse(kernel("fit --replicates 5 --resplits 4 --threads 2").out).at("comparisons"),
            compared);
  EXPECT_TRUE(
      json::parse(kernel("fit --replicates 5").out).at("comparisons").empty());  // none unless asked for
}

TEST_F(KernelFit, CountsAreReadBackAsTheKernelThatTheyWereMadeOf) {
  ASSERT_EQ(kernel("circuit").status, 0);
  std::size_t people = 0;
  const std::vector<double> angles = angles_of(file("zz-2q-angles.csv"), people);
  ASSERT_EQ(people, 48u);
  ASSERT_EQ(angles.size(), 96u);
  ASSERT_TRUE(write_file(file("counts.csv"), ideal_counts(angles, people, 20000, 0.05)).ok());
  const std::string words = "fit --replicates 5 --counts " + file("counts.csv").string();
  const Ended ended = kernel(words + " --loss 0.05");
  ASSERT_EQ(ended.status, 0) << ended.err;
  const json noise = json::parse(ended.out).at("noise").at(0);
  EXPECT_EQ(noise.at("shots"), 20000);
  EXPECT_LT(noise.at("error"), 1e-4);  // rounding to whole shots, not sampling
  EXPECT_GT(noise.at("ridge_floor"), 0);
  const json uncorrected = json::parse(kernel(words).out).at("noise").at(0);
  EXPECT_GT(uncorrected.at("error"), 0.02);  // the loss is then taken for the kernel's own
}

TEST_F(KernelFit, CountsOfAnotherCircuitAndWrongLinesAreNamed) {
  std::string other = "row,column,outcome,count\n";
  for (int i = 0; i < 48; ++i)
    for (int j = i; j < 48; ++j) other += std::to_string(i) + "," + std::to_string(j) + ",000,10\n";
  ASSERT_TRUE(write_file(file("other.csv"), other).ok());
  const Ended three = kernel("fit --replicates 5 --counts " + file("other.csv").string());
  EXPECT_EQ(three.status, 2);
  EXPECT_NE((three.out + three.err).find("counts of 3 qubits, the map has 2"), std::string::npos)
      << three.out;
  ASSERT_TRUE(write_file(file("bad.csv"), "row,column,outcome,count\n0,1,0x,3\n0,48,00,3\n").ok());
  const Ended bad = kernel("fit --replicates 5 --counts " + file("bad.csv").string());
  EXPECT_EQ(bad.status, 2);
  for (const char* place : {"bad.csv:2", "bad.csv:3"})
    EXPECT_NE((bad.out + bad.err).find(place), std::string::npos) << bad.out;
  EXPECT_EQ(kernel("fit --counts " + file("absent.csv").string()).status, 4);
}

}  // namespace
}  // namespace qdose
