#include "qdose/results/calibration.hpp"

#include <gtest/gtest.h>

#include "qdose/base/files.hpp"

namespace qdose {
namespace {

TEST(CalibrationFile, ComesBackAsItWas) {
  const Calibration c{"pk_1c_oral", "pd_direct_emax",
                      "S-qihmc",    "",
                      200,          1,
                      100,          {{"log_CL", {20, 21, 19}, 0.1, 0.95}, {"log_V", {1, 2, 3}, 4.5, 0.02}},
                      0.04,         true,
                      3.5};
  const std::string path = testing::TempDir() + "qdose_sbc.json";
  ASSERT_TRUE(save(c, path));
  const auto back = load_calibration(path);
  ASSERT_TRUE(back) << describe(back.errors());
  EXPECT_EQ(back->refits, 200);
  EXPECT_EQ(back->failed, 1);
  EXPECT_EQ(back->sampler, "S-qihmc");
  ASSERT_EQ(back->quantities.size(), 2u);
  EXPECT_EQ(back->quantities[1].counts, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(back->quantities[1].p_value, 0.02);
  EXPECT_TRUE(back->uniform);
  ASSERT_TRUE(write_file(path, "[1]"));
  EXPECT_FALSE(load_calibration(path));
}

}  // namespace
}  // namespace qdose
