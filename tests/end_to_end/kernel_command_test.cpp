// qdose kernel evaluate and circuit as a user runs them.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/run_qdose.hpp"

namespace qdose {
namespace {

TEST(KernelCommand, EvaluateWritesWhatTheContractNames) {
  const TemporaryFolder folder;
  const Ended ended = run_qdose(
      "kernel evaluate --cohort report --subjects 80 --test 1000 --map ry --repeats 3 --shots 500 --json "
      "--out " +
      folder.path().string());
  ASSERT_EQ(ended.status, 0) << ended.err;
  const auto document = nlohmann::json::parse(ended.out);
  EXPECT_EQ(document.at("n_qubits"), 2);
  EXPECT_EQ(document.at("feature_map"), "ry");
  for (const char* name : {"r2", "r2_ceiling", "rmse"})
    EXPECT_TRUE(document.at("outputs").at("CL").contains(name)) << name;
  EXPECT_GT(document.at("baselines").at("log_linear"), 0.2);
  EXPECT_GT(document.at("geometric_difference"), 0);
  for (const char* name : {"states", "gram", "solve"}) EXPECT_GE(document.at("seconds").at(name), 0.0);
  EXPECT_EQ(document.at("noise").size(), 2u);
  EXPECT_EQ(document.at("comparisons")[0].at("resplits"), 3);
  EXPECT_EQ(run_qdose("kernel evaluate --out " + folder.path().string()).status, 4);  // results are kept
}

TEST(KernelCommand, CircuitsAreOpenQasm) {
  const TemporaryFolder folder;
  const Ended ended = run_qdose("kernel circuit --map pauli --features 3 --out " + folder.path().string());
  ASSERT_EQ(ended.status, 0) << ended.err;
  EXPECT_TRUE(read_file(folder.path() / "pauli-3q.qasm")->starts_with("OPENQASM 3.0;"));
  EXPECT_NE(read_file(folder.path() / "pauli-3q-overlap.qasm")->find("inv @"), std::string::npos);
  EXPECT_EQ(run_qdose("kernel circuit --map nothing --out " + folder.path().string()).status, 3);
  EXPECT_EQ(run_qdose("kernel circuit --features 40 --force --out " + folder.path().string()).status, 3);
}

}  // namespace
}  // namespace qdose
