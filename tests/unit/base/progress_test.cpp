#include "qdose/base/progress.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "qdose/base/progress_line.hpp"

namespace qdose {
namespace {

TEST(ProgressLine, ShowsShareRateTimeLeftAndNote) {
  EXPECT_EQ(progress_line({"fit", "R-hat 1.02", 500, 1000, 2.0}, 200),
            "fit  [############............]  50%  250/s  00:02 left  R-hat 1.02");
  EXPECT_EQ(progress_line({"fit", "", 1000, 1000, 4.0}, 200), "fit  [########################] 100%  250/s");
  EXPECT_EQ(progress_line({"read", "", 12, 0, 4.0}, 200), "read  12  3/s") << "unknown total: no bar";
  EXPECT_EQ(progress_line({"fit", "", 0, 10, 0.0}, 200), "fit  [........................]   0%");
}

TEST(ProgressLine, NeverClaimsToBeDoneTooEarlyAndFitsTheTerminal) {
  EXPECT_NE(progress_line({"fit", "", 999, 1000, 1.0}, 200).find(" 99%"), std::string::npos);
  EXPECT_EQ(progress_line({"fit", std::string(300, 'x'), 1, 2, 1.0}, 40).size(), 40u);
  EXPECT_NE(progress_line({"fit", "", 30, 20, 1.0}, 200).find("100%"), std::string::npos);
}

TEST(ProgressLine, NumbersAreShort) {
  EXPECT_EQ(short_number(7), "7");
  EXPECT_EQ(short_number(7.25), "7.2");
  EXPECT_EQ(short_number(999.4), "999");
  EXPECT_EQ(short_number(999.6), "1.0k");
  EXPECT_EQ(short_number(1234567), "1.2M");
  EXPECT_EQ(clock_text(7.9), "00:07");
  EXPECT_EQ(clock_text(750), "12:30");
  EXPECT_EQ(clock_text(7500), "2:05:00");
}

TEST(TerminalProgress, IsSilentWhereThereIsNoTerminal) {
  if (isatty(STDERR_FILENO)) GTEST_SKIP() << "standard error is a terminal here";
  testing::internal::CaptureStderr();
  Progress& progress = terminal_progress();
  progress.begin("fit", 10);
  progress.update(10);
  progress.end();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace qdose
