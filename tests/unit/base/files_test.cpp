#include "qdose/base/files.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "qdose/base/threads.hpp"

namespace qdose {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }
  const fs::path folder_ = fs::temp_directory_path() / ("qdose-files-" + std::to_string(::getpid()));
};

TEST_F(Files, WhatIsWrittenIsRead) {
  const std::string content("a\0b\r\n\xFF", 6);
  ASSERT_TRUE(write_file(folder_ / "new" / "deep" / "x.bin", content));
  EXPECT_EQ(*read_file(folder_ / "new" / "deep" / "x.bin"), content);
  ASSERT_TRUE(write_file(folder_ / "large", std::string(300000, 'x')));
  EXPECT_EQ(read_file(folder_ / "large")->size(), 300000u);
}

TEST_F(Files, ReplacingLeavesNothingElseBehind) {
  ASSERT_TRUE(write_file(folder_ / "x", "old"));
  ASSERT_TRUE(write_file(folder_ / "x", "new"));
  EXPECT_EQ(*read_file(folder_ / "x"), "new");
  EXPECT_EQ(entries(), 1u);
}

TEST_F(Files, AFailedWriteKeepsWhatWasThere) {
  fs::create_directories(folder_ / "x" / "inside");
  const auto result = write_file(folder_ / "x", "file over a folder");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.errors()[0].fault, Fault::file);
  EXPECT_TRUE(fs::is_directory(folder_ / "x" / "inside"));
  EXPECT_EQ(entries(), 1u);
}

TEST_F(Files, WritersAtTheSameTimeDoNotMix) {
  std::atomic<int> wrong = 0;
  parallel_for(64, 4, [&](std::size_t i) {
    if (!write_file(folder_ / "x", std::string(5000, static_cast<char>('a' + i % 26)))) ++wrong;
    const auto content = read_file(folder_ / "x");
    if (!content || content->size() != 5000 ||
        content->find_first_not_of(content->front()) != std::string::npos)
      ++wrong;
  });
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(entries(), 1u);
}

TEST_F(Files, FaultsNameTheFileAndTheReason) {
  const auto missing = read_file(folder_ / "none");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.errors()[0].place, (folder_ / "none").string());
  EXPECT_EQ(missing.errors()[0].message, "cannot open: No such file or directory");
  ASSERT_FALSE(read_file(folder_)) << "a folder is no file";
}

}  // namespace
}  // namespace qdose
