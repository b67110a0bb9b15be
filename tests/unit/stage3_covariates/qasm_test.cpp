#include "qdose/stage3_covariates/qasm.hpp"

#include <gmock/gmock.h>

#include "qasm_interpreter.hpp"
#include "qdose/base/random.hpp"
#include "qdose/stage3_covariates/feature_map.hpp"
#include "qdose/stage3_covariates/statevector.hpp"

namespace qdose {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Qasm, ReportMapReadsAsThePaperWritesIt) {
  EXPECT_EQ(to_qasm(build_feature_map("report", {2, 1, true}).value()),
            "OPENQASM 3.0;\n"
            "include \"stdgates.inc\";\n"
            "input float[64] x0;\n"
            "input float[64] x1;\n"
            "qubit[2] q;\n"
            "h q[0];\n"
            "h q[1];\n"
            "rz(1 * x0) q[0];\n"
            "rz(1 * x1) q[1];\n"
            "cx q[0], q[1];\n"
            "rz(1 * (x0 - 3.1415926535897931) * (x1 - 3.1415926535897931)) q[1];\n");
}

TEST(Qasm, ComputeUncomputeInvertsEveryGateInReverse) {
  EXPECT_EQ(overlap_to_qasm(build_feature_map("ry", {2, 1, true}).value()),
            "OPENQASM 3.0;\n"
            "include \"stdgates.inc\";\n"
            "input float[64] x0;\n"
            "input float[64] x1;\n"
            "input float[64] y0;\n"
            "input float[64] y1;\n"
            "qubit[2] q;\n"
            "bit[2] c;\n"
            "ry(1 * x0) q[0];\n"
            "ry(1 * x1) q[1];\n"
            "inv @ ry(1 * y1) q[1];\n"
            "inv @ ry(1 * y0) q[0];\n"
            "c = measure q;\n");
}

TEST(Qasm, GatesThatTheStandardLibraryLacksAreDefinedOnceAndOnlyWhenUsed) {
  EXPECT_THAT(to_qasm(build_feature_map("iqp", {3, 2, true}).value()), HasSubstr("gate rzz(t) a, b"));
  EXPECT_THAT(to_qasm(build_feature_map("zz", {3, 2, true}).value()), Not(HasSubstr("rzz")));
}

std::vector<double> some_angles(int features, std::uint64_t item) {
  Stream stream(3, Purpose::property_test, item);
  std::vector<double> x;
  for (int f = 0; f < features; ++f) x.push_back(stream.uniform(0, 3));
  return x;
}

testing::Variables named(char letter, const std::vector<double>& x) {
  testing::Variables all;
  for (std::size_t f = 0; f < x.size(); ++f) all[letter + std::to_string(f)] = x[f];
  return all;
}

TEST(Qasm, AnIndependentInterpreterFindsTheStateAndTheFidelity) {
  for (const FeatureMap& map : feature_maps())
    for (const int features : {2, 3}) {
      if (map.features != 0 && map.features != features) continue;
      const Circuit circuit = map.build({features, 2, true});
      const auto x = some_angles(features, 1), y = some_angles(features, 2);
      const auto ours = run_circuit<double>(circuit, x, 1), other = run_circuit<double>(circuit, y, 1);
      testing::QasmMachine machine;
      const testing::Amplitudes state = machine.run(to_qasm(circuit), named('x', x));
      ASSERT_EQ(state.size(), ours.dimension) << map.name;
      for (std::size_t k = 0; k < state.size(); ++k)
        EXPECT_LT(std::abs(state[k] - ours.amplitudes[k]), 1e-13) << map.name << k;

      testing::Variables both = named('x', x);
      both.merge(named('y', y));
      testing::QasmMachine pair;
      const testing::Amplitudes end = pair.run(overlap_to_qasm(circuit), both);
      EXPECT_TRUE(pair.measured());
      std::complex<double> overlap = 0;
      for (std::size_t k = 0; k < ours.dimension; ++k)
        overlap += std::conj(other.amplitudes[k]) * ours.amplitudes[k];
      EXPECT_NEAR(std::norm(end[0]), std::norm(overlap), 1e-13) << map.name;
    }
}

}  // namespace
}  // namespace qdose
