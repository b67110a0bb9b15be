#include "qdose/stage3_covariates/qasm.hpp"

#include <gmock/gmock.h>

#include "qdose/stage3_covariates/feature_map.hpp"

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

}  // namespace
}  // namespace qdose
