#include "qdose/base/base64.hpp"

#include <gtest/gtest.h>

#include "qdose/base/random.hpp"

namespace qdose {
namespace {

std::string encoded(std::string_view text) {
  return to_base64({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

TEST(Base64, IsTheTestVectorsOfTheStandard) {  // RFC 4648, section 10
  EXPECT_EQ(encoded(""), "");
  EXPECT_EQ(encoded("f"), "Zg==");
  EXPECT_EQ(encoded("fo"), "Zm8=");
  EXPECT_EQ(encoded("foo"), "Zm9v");
  EXPECT_EQ(encoded("foob"), "Zm9vYg==");
  EXPECT_EQ(encoded("foobar"), "Zm9vYmFy");
}

TEST(Base64, ComesBack) {
  Stream stream(1, Purpose::property_test, 64);
  for (std::size_t length = 0; length < 40; ++length) {
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i < length; ++i) bytes.push_back(static_cast<std::uint8_t>(stream.bits()));
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
  }
}

TEST(Base64, RefusesWhatItIsNot) {
  for (const char* text : {"Zg=", "Zg", "Z!==", "Zm9v Zm9v", "===="}) EXPECT_FALSE(from_base64(text)) << text;
}

}  // namespace
}  // namespace qdose
