#include "qdose/base/text.hpp"

#include <gmock/gmock.h>

#include "qdose/base/random.hpp"

namespace qdose {
namespace {

TEST(EditDistance, CountsInsertionsDeletionsSubstitutionsAndSwaps) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("chains", "chains"), 0u);
  EXPECT_EQ(edit_distance("chain", "chains"), 1u);
  EXPECT_EQ(edit_distance("chaisn", "chains"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("ID", "id"), 0u);
}

TEST(EditDistance, IsSymmetricAndAtMostTheLongerLength) {
  Stream random(7, Purpose::property_test, 0);
  for (int trial = 0; trial < 500; ++trial) {
    std::string a, b;
    for (std::uint32_t i = random.below(9); i > 0; --i) a += static_cast<char>('a' + random.below(3));
    for (std::uint32_t i = random.below(9); i > 0; --i) b += static_cast<char>('a' + random.below(3));
    const std::size_t distance = edit_distance(a, b);
    EXPECT_EQ(distance, edit_distance(b, a)) << a << ' ' << b;
    EXPECT_LE(distance, std::max(a.size(), b.size()));
    EXPECT_GE(distance, std::max(a.size(), b.size()) - std::min(a.size(), b.size()));
    EXPECT_EQ(distance == 0, a == b);
  }
}

TEST(NearestName, FindsTyposAndRefusesStrangers) {
  const std::vector<std::string> names = {"chains", "draws", "step_size", "L"};
  EXPECT_EQ(nearest_name("chians", names), "chains");
  EXPECT_EQ(nearest_name("stepsize", names), "step_size");
  EXPECT_EQ(nearest_name("temperature", names), std::nullopt);
  EXPECT_EQ(nearest_name("q", names), std::nullopt);
  EXPECT_EQ(suggestion("drwas", names), "did you mean 'draws'?");
  EXPECT_EQ(suggestion("temperature", names), "known: chains, draws, step_size, L");
}

TEST(Utf8, FindsTheFirstInvalidByte) {
  EXPECT_EQ(invalid_utf8(""), std::nullopt);
  EXPECT_EQ(invalid_utf8("µg/mL \xE2\x82\xAC \xF0\x9F\x92\x8A"), std::nullopt);
  EXPECT_EQ(invalid_utf8("ab\xFF"), 2u);
  EXPECT_EQ(invalid_utf8("\xC0\xAF"), 0u) << "overlong";
  EXPECT_EQ(invalid_utf8("\xE0\x80\xAF"), 0u) << "overlong";
  EXPECT_EQ(invalid_utf8("\xED\xA0\x80"), 0u) << "surrogate";
  EXPECT_EQ(invalid_utf8("\xF4\x90\x80\x80"), 0u) << "above U+10FFFF";
  EXPECT_EQ(invalid_utf8("a\xE2\x82"), 1u) << "cut";
}

TEST(InQuotes, ShowsControlCharactersAndCutsLongText) {
  EXPECT_EQ(in_quotes("a\tb\x01\xFF"), "'a\\x09b\\x01\\xFF'");
  EXPECT_EQ(in_quotes("µg"), "'µg'");
  EXPECT_EQ(in_quotes(std::string(100, 'x')).size(), 40u + 5u);
}

TEST(Words, AreTrimmedListedAndQuotedForJson) {
  EXPECT_EQ(trimmed(" \t a b \r\n"), "a b");
  EXPECT_EQ(trimmed("  "), "");
  EXPECT_EQ(upper_case("aZ9é"), "AZ9é");
  EXPECT_EQ(listed(std::vector<std::string>{"a", "b", "c"}), "a, b and c");
  EXPECT_EQ(listed(std::vector<std::string>{"a"}), "a");
  EXPECT_EQ(json_string("a\"b\\c\nd"), "\"a\\\"b\\\\c\\u000ad\"");
}

}  // namespace
}  // namespace qdose
