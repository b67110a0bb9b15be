#include "qdose/base/part_file.hpp"

#include <gtest/gtest.h>

#include "qdose/base/files.hpp"
#include "tests/support/run_qdose.hpp"

namespace qdose {
namespace {

TEST(PartFile, AppearsWholeWhenKept) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "deeper" / "x.bin";
  auto file = PartFile::create(path, 6);
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->write_at(3, "def"));
  const auto other = PartFile::open(path);
  ASSERT_TRUE(other);
  EXPECT_TRUE(other->write_at(0, "abc"));
  EXPECT_FALSE(std::filesystem::exists(path));
  std::string back(6, '-');
  EXPECT_TRUE(file->read_at(0, back));
  EXPECT_EQ(back, "abcdef");
  EXPECT_FALSE(file->read_at(1, back));  // beyond the end
  ASSERT_TRUE(file->keep());
  EXPECT_EQ(*read_file(path), "abcdef");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(path.parent_path()), {}), 1);
}

TEST(PartFile, GoesWhenItIsNotKept) {
  const TemporaryFolder folder;
  { EXPECT_TRUE(PartFile::create(folder.path() / "x", 100)); }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(PartFile, AFolderThatCannotBeMadeIsAFault) {
  const auto file = PartFile::create("/proc/none/x", 1);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.errors()[0].fault, Fault::file);
  EXPECT_FALSE(PartFile::open("/none/x"));
}

}  // namespace
}  // namespace qdose
