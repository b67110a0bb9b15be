// Our OpenQASM 3 as a public interpreter reads it: Qiskit, by the interpreter of Python named in
// QDOSE_PEER_PYTHON (or /usr/bin/python3). Skipped where Qiskit and its reader are not installed.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "qdose/base/files.hpp"
#include "qdose/base/random.hpp"
#include "qdose/stage3_covariates/feature_map.hpp"
#include "qdose/stage3_covariates/gram.hpp"
#include "qdose/stage3_covariates/qasm.hpp"

namespace qdose {
namespace {

constexpr std::size_t people = 4;

/// A circuit, angles of a few people, and the kernel that they must have.
struct Case {
  std::string name;
  std::vector<double> kernel;
};

Case write_case(const std::filesystem::path& folder, const FeatureMap& map, int features) {
  const Circuit circuit = map.build({features, 2, true});
  Stream stream(7, Purpose::property_test, static_cast<std::uint64_t>(features));
  std::vector<double> angles;
  std::string rows;
  for (std::size_t i = 0; i < people; ++i)
    for (int f = 0; f < features; ++f) {
      angles.push_back(stream.uniform(0, 3));
      rows += fmt::format("{:.17g}{}", angles.back(), f + 1 < features ? "," : "\n");
    }
  const std::string name = fmt::format("{}-{}", map.name, features);
  EXPECT_TRUE(write_file(folder / (name + ".csv"), rows).ok());
  EXPECT_TRUE(write_file(folder / (name + ".qasm"), to_qasm(circuit)).ok());
  EXPECT_TRUE(write_file(folder / (name + "-overlap.qasm"), overlap_to_qasm(circuit)).ok());
  return {name, fidelity_gram(run_circuit<double>(circuit, angles, people))};
}

/// Largest deviation of both of the peer's kernels, from states and from compute-uncompute.
double largest_deviation(const std::filesystem::path& file, const std::vector<double>& kernel) {
  std::ifstream in(file);
  double largest = 0, value = 0;
  for (int block = 0; block < 2; ++block)
    for (const double ours : kernel) {
      EXPECT_TRUE(in >> value) << file;
      largest = std::max(largest, std::abs(value - ours));
    }
  return largest;
}

TEST(QasmPeer, QiskitFindsTheSameKernels) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "qdose-qasm-peer";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  std::vector<Case> cases;
  for (const FeatureMap& map : feature_maps())
    for (const int features : {2, 3, 5})
      if (map.features == 0 || map.features == features) cases.push_back(write_case(folder, map, features));
  const char *source = std::getenv("QDOSE_SOURCE_DIR"), *python = std::getenv("QDOSE_PEER_PYTHON");
  ASSERT_NE(source, nullptr);
  const std::string command = fmt::format("OMP_NUM_THREADS=1 {} {}/tests/tools/qasm_peer.py {}",
                                          python ? python : "/usr/bin/python3", source, folder.string());
  const int status = std::system(command.c_str());
  if (WIFEXITED(status) && (WEXITSTATUS(status) == 77 || WEXITSTATUS(status) == 127))
    GTEST_SKIP() << "Qiskit and qiskit-qasm3-import are not installed";
  ASSERT_EQ(status, 0);
  double largest = 0;
  for (const Case& c : cases) {
    const double deviation = largest_deviation(folder / (c.name + ".kernel"), c.kernel);
    EXPECT_LT(deviation, 1e-12) << c.name;
    largest = std::max(largest, deviation);
  }
  std::cout << cases.size() << " circuits, largest deviation of a kernel entry " << largest << "\n";
}

}  // namespace
}  // namespace qdose
