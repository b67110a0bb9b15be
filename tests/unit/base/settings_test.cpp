#include "qdose/base/settings.hpp"

#include <gmock/gmock.h>

#include <limits>

namespace qdose {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct SamplerSettings {
  int chains = 4;
  double step_size = 0.1;
  bool adapt = true;
  std::string sampler = "qihmc";
  std::uint64_t seed = 1;
  template <class Visitor>
  void visit(Visitor&& v) {
    v("chains", chains, "number of chains (1-64)");
    v("step_size", step_size, "leapfrog step in whitened units");
    v("adapt", adapt, "adapt step and metric");
    v("sampler", sampler, "qihmc, nuts or hmc");
    v("seed", seed, "address of the random numbers");
  }
};

/// Applies a document to one table [fit] and returns what came of it.
Result<Done> apply(std::string_view document, SamplerSettings& settings) {
  const Section sections[] = {describe_section("fit", settings)};
  const Result<Config> config = Config::parse(document, "c.toml");
  if (!config) return config.errors();
  return config->apply(sections);
}

std::vector<std::string> places(const Errors& errors) {
  std::vector<std::string> all;
  for (const Error& e : errors) all.push_back(e.place);
  return all;
}

TEST(Config, StoresEveryType) {
  SamplerSettings s;
  ASSERT_TRUE(apply("[fit]\nchains = 2\nstep_size = 1\nadapt = false\nsampler = \"nuts\"\nseed = 9", s));
  EXPECT_EQ(s.chains, 2);
  EXPECT_EQ(s.step_size, 1.0);
  EXPECT_FALSE(s.adapt);
  EXPECT_EQ(s.sampler, "nuts");
  EXPECT_EQ(s.seed, 9u);
}

TEST(Config, KeepsDefaultsOfWhatIsNotNamed) {
  SamplerSettings s;
  ASSERT_TRUE(apply("[fit]\nchains = 2\n", s));
  EXPECT_EQ(s.step_size, 0.1);
  EXPECT_EQ(s.sampler, "qihmc");
}

TEST(Config, NamesTheNearestKeyWithItsPlace) {
  SamplerSettings s;
  const auto result = apply("# comment\n[fit]\n  chians = 2\n", s);
  ASSERT_FALSE(result);
  ASSERT_EQ(result.errors().size(), 1u);
  EXPECT_EQ(result.errors()[0].fault, Fault::bad_usage);
  EXPECT_EQ(result.errors()[0].place, "c.toml:3:3");
  EXPECT_EQ(result.errors()[0].message, "unknown key 'chians' in [fit]");
  EXPECT_EQ(result.errors()[0].hint, "did you mean 'chains'?");
}

TEST(Config, NamesTheNearestTable) {
  SamplerSettings s;
  const auto result = apply("[fti]\nchains = 2\n", s);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.errors()[0].hint, "did you mean 'fit'?");
}

TEST(Config, ReportsAllFaultsAtOnceAndStoresNothing) {
  SamplerSettings s;
  const auto result =
      apply("[fit]\nchains = 2.5\nstep_size = \"big\"\nadapt = 1\nsampler = 3\nseed = -1\nfoo = [1]\n", s);
  ASSERT_FALSE(result);
  EXPECT_THAT(places(result.errors()),
              testing::UnorderedElementsAre("c.toml:2:10", "c.toml:3:13", "c.toml:4:9", "c.toml:5:11",
                                            "c.toml:6:8", "c.toml:7:1"));
  EXPECT_EQ(s.chains, 4);

  SamplerSettings partly;
  ASSERT_FALSE(apply("[fit]\nchains = 2\nfoo = 1\n", partly));
  EXPECT_EQ(partly.chains, 4) << "a file with a fault changes nothing";
}

TEST(Config, RefusesIntegersOutsideTheRange) {
  SamplerSettings s;
  const auto result = apply("[fit]\nchains = 3000000000\n", s);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.errors()[0].message, "chains must be an integer, not 3000000000");
}

TEST(Config, GivesThePlaceOfASyntaxFault) {
  SamplerSettings s;
  const auto result = apply("[fit]\nchains = = 2\n", s);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.errors()[0].place, HasSubstr("c.toml:2:"));
}

TEST(Config, RefusesBytesThatAreNoUtf8WithoutParsingThem) {
  SamplerSettings s;
  const auto result = apply("[fit]\nsampler = \"\xF0\x9F\"\n", s);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.errors()[0].place, "c.toml:2:12");
  EXPECT_THAT(result.errors()[0].message, HasSubstr("UTF-8"));
}

TEST(Config, FillsEveryStructThatDescribesTheTable) {
  SamplerSettings a, b;
  const Section sections[] = {describe_section("fit", a), describe_section("fit", b)};
  ASSERT_TRUE(Config::parse("[fit]\nchains = 7", "c.toml")->apply(sections));
  EXPECT_EQ(a.chains, 7);
  EXPECT_EQ(b.chains, 7);
}

TEST(Config, ReadsKeysBeforeAnyTable) {
  SamplerSettings s;
  const Section sections[] = {describe_section("", s)};
  ASSERT_TRUE(Config::parse("seed = 5", "c.toml")->apply(sections));
  EXPECT_EQ(s.seed, 5u);
  const auto wrong = Config::parse("sed = 5", "c.toml")->apply(sections);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.errors()[0].message, "unknown key 'sed'");
}

TEST(Config, AMissingFileIsAFaultOfFiles) {
  const auto config = Config::read("/no/such/file.toml");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.errors()[0].fault, Fault::file);
}

TEST(SettingsJson, EchoesEveryValue) {
  SamplerSettings s;
  s.sampler = "a\"b";
  s.step_size = std::numeric_limits<double>::infinity();
  const Section sections[] = {describe_section("fit", s)};
  EXPECT_EQ(settings_json(sections),
            "{\n  \"fit\": {\n    \"chains\": 4,\n    \"step_size\": \"inf\",\n    \"adapt\": true,\n"
            "    \"sampler\": \"a\\\"b\",\n    \"seed\": 1\n  }\n}");
  EXPECT_EQ(settings_json({}), "{}");
}

TEST(FlagName, IsKebabCase) { EXPECT_EQ(flag_name("step_size"), "--step-size"); }

}  // namespace
}  // namespace qdose
