#include "qdose/stage1_classify/safetensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>

namespace qdose {
namespace {

TensorFile example() {
  TensorFile file;
  file.tensors["a"] = {{2, 3}, {1, 2, 3, 4, 5, -6.5f}};
  file.tensors["empty"] = {{0, 4}, {}};
  file.tensors["scalar"] = {{}, {0.25f}};
  file.metadata = {{"format", "test"}, {"quoted", "say \"hi\"\n"}};
  return file;
}

/// Bytes with this header, then `data` bytes of zeros.
std::string with_header(const std::string& header, std::size_t data) {
  std::string bytes(8, '\0');
  const std::uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + std::string(data, '\0');
}

TEST(Safetensors, WhatIsWrittenIsRead) {
  const TensorFile file = example();
  const auto path = std::filesystem::temp_directory_path() / "qdose_safetensors_test" / "x.safetensors";
  ASSERT_TRUE(save_safetensors(file, path).ok());
  const auto read = load_safetensors(path);
  ASSERT_TRUE(read.ok()) << describe(read.errors());
  EXPECT_EQ(read->metadata, file.metadata);
  ASSERT_EQ(read->tensors.size(), file.tensors.size());
  for (const auto& [name, tensor] : file.tensors) {
    EXPECT_EQ(read->tensors.at(name).shape, tensor.shape);
    EXPECT_EQ(read->tensors.at(name).values, tensor.values);
  }
  std::filesystem::remove_all(path.parent_path());
}

TEST(Safetensors, LayoutIsThatOfTheFormat) {
  const std::string bytes = to_safetensors(example());
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  EXPECT_EQ(length % 8, 0u);
  EXPECT_EQ(bytes[8], '{');
  EXPECT_EQ(bytes.size(), 8 + length + 7 * sizeof(float));
  float last_of_a = 0;
  std::memcpy(&last_of_a, bytes.data() + 8 + length + 5 * sizeof(float), sizeof(float));
  EXPECT_EQ(last_of_a, -6.5f);
}

TEST(Safetensors, ReadsAHeaderOfAnotherWriter) {
  const auto file = parse_safetensors(
      with_header(
          R"({"w":{"data_offsets":[4,12],"shape":[2],"dtype":"F32"},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  )",
          12),
      "x");
  ASSERT_TRUE(file.ok()) << describe(file.errors());
  EXPECT_EQ(file->tensors.at("w").values.size(), 2u);
}

TEST(Safetensors, BrokenFilesAreFaultsWithTheirPlace) {
  const std::string good = to_safetensors(example());
  const std::vector<std::string> broken = {
      "",
      "short",
      good.substr(0, good.size() - 1),
      good.substr(0, 40),
      with_header("[]", 0),
      with_header("{\"w\":", 0),
      with_header(R"({"w":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}})", 4),
      with_header(R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4),
      with_header(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})", 4),
      with_header(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 4),
      with_header(R"({"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4),
      with_header(R"({"w":{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}})", 4),
      with_header(R"({"w":{"dtype":"F32","shape":"x","data_offsets":[0,4]}})", 4),
      with_header(R"({"w":3})", 0)};
  for (const std::string& bytes : broken) {
    const auto file = parse_safetensors(bytes, "file.safetensors");
    ASSERT_FALSE(file.ok()) << bytes;
    EXPECT_EQ(file.errors().front().place, "file.safetensors");
    EXPECT_EQ(file.errors().front().fault, Fault::file);
  }
}

}  // namespace
}  // namespace qdose
