#include "qdose/stage3_covariates/counts_file.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "qdose/stage3_covariates/measured_kernel.hpp"

namespace qdose {
namespace {

TEST(Counts, AllZeroSharesBecomeAKernel) {
  const auto counts = parse_counts(
      "row,column,outcome,count\n0,1,00,30\n0,1,10,10\r\n1,0,00,50\n1,0,11,10\n0,2,01,20\n\n1,2,00,40\n",
      "c.csv", 3);
  ASSERT_TRUE(counts.ok()) << describe(counts.errors());
  EXPECT_EQ(counts->qubits, 2);
  EXPECT_EQ(counts->shots, 20);
  EXPECT_EQ(counts->frequency(0, 1), 0.8);
  EXPECT_EQ(counts->frequency(1, 0), 0.8);
  EXPECT_EQ(counts->frequency(2, 0), 0);
  EXPECT_TRUE(std::isnan(counts->frequency(0, 0)));
  // half of the states were lost: 0.8 = s K + (1 - s) / 4 with s = 0.25
  const Eigen::MatrixXd k = corrected(counts->frequency, {20, 0.5, 2});
  EXPECT_NEAR(k(0, 1), (0.8 - 0.75 / 4) / 0.25, 1e-12);
  EXPECT_EQ(k(0, 0), 1);
}

TEST(Counts, EveryFaultIsToldWithItsLine) {
  const auto counts = parse_counts(
      "row,column,outcome,count\n0,9,00,1\n0,1,02,1\n0,1,00,x\n0,1,00\n0,1,00,5\n0,1,000,5\n", "c.csv", 3);
  ASSERT_FALSE(counts.ok());
  EXPECT_EQ(counts.errors().size(), 5u);
  EXPECT_EQ(counts.errors()[1].place, "c.csv:3");
  EXPECT_EQ(counts.errors()[0].fault, Fault::bad_input);
}

TEST(Counts, MissingHeadersAndPairsAreFaults) {
  EXPECT_FALSE(parse_counts("0,1,00,5\n", "c.csv", 2).ok());
  const auto missing = parse_counts("row,column,outcome,count\n0,1,00,5\n", "c.csv", 3);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.errors().size(), 2u);
}

}  // namespace
}  // namespace qdose
