// The dose explorer in a browser: what it answers after every kind of input is what the same table says in
// C++.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "qdose/report/report.hpp"
#include "tests/support/browser.hpp"
#include "tests/support/synthetic_results.hpp"
#include "tests/unit/report/page_parts.hpp"

namespace qdose {
namespace {

using namespace qdose::testing;
using ::testing::HasSubstr;

class Explorer : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::optional<std::string> browser = find_browser();
    if (!browser) GTEST_SKIP() << "no chromium on the path: the explorer was not used";
    const Result<std::string> probe =
        read_file(std::string(std::getenv("QDOSE_SOURCE_DIR")) + "/tests/unit/report/explorer_probe.js");
    const std::string page =
        render_report(results) + "<script>(() => {\n" + probe.value() + "})();</script>\n";
    for (const Tag& tag : tags_of(rendered(*browser, page, 1200)))
      if (tag.name == "html" && !tag.closing) root = tag;
    ASSERT_EQ(attribute(root, "data-errors"), "");
    for (const auto& step : nlohmann::json::parse(without_entities(attribute(root, "data-steps"))))
      steps[step.at("step")] = step;
  }

  static std::string without_entities(std::string text) {
    for (const auto& [entity, plain] : {std::pair{"&quot;", "\""}, {"&amp;", "&"}})
      for (std::size_t at; (at = text.find(entity)) != std::string::npos;)
        text.replace(at, std::string(entity).size(), plain);
    return text;
  }

  /// The page pools all people, the table's own count averages over replicates: they differ by the uneven
  /// sizes of filtered replicates only.
  void expect_answer(const std::string& step, const VirtualScenario& scenario, std::size_t regimen,
                     std::size_t threshold, double dose) {
    ASSERT_TRUE(steps.contains(step)) << step;
    const nlohmann::json& said = steps[step];
    EXPECT_EQ(said.at("at").get<double>(), dose) << step;
    const double exact = attainment(results.subjects, scenario, regimen, threshold, dose);
    EXPECT_NEAR(said.at("mean").get<double>(), exact, scenario.is_spread ? 0.01 : 1e-9) << step;
    EXPECT_LE(said.at("low").get<double>(), said.at("mean").get<double>());
    EXPECT_GE(said.at("high").get<double>(), said.at("mean").get<double>());
    const VirtualRegimen& r = results.subjects.regimens[regimen];
    const double answer = said.at("dose").get<double>();
    EXPECT_GE(attainment(results.subjects, scenario, regimen, threshold, answer), scenario.target - 0.01)
        << step;
    EXPECT_LT(attainment(results.subjects, scenario, regimen, threshold, answer - r.grid_mg),
              scenario.target + 0.01)
        << step;
  }

  RunResults results = synthetic_results(2);
  Tag root;
  std::map<std::string, nlohmann::json> steps;
};

TEST_F(Explorer, AnswersEveryInputAsTheTableDoes) {
  const std::vector<VirtualScenario>& s = results.subjects.scenarios;
  const double start = steps["start"].at("dose");
  expect_answer("start", s[0], 0, 1, start);
  expect_answer("scenario B", s[1], 0, 1, start);
  expect_answer("scenario C", s[2], 0, 1, start);
  expect_answer("own people", s[4], 0, 2, start);
  EXPECT_THAT(steps["own people"].at("words").get<std::string>(),
              HasSubstr("people of heavy: heavier people"));
  expect_answer("own people, then all 1", {"", "", 0.8, false, 0, 0, 1}, 0, 2, start);
  const double weekly = steps["click weekly"].at("dose");
  expect_answer("click weekly", s[0], 1, 1, weekly);
  expect_answer("type dose", s[0], 0, 1, 7.5);
  expect_answer("slide share", {"", "", 0.6, false, 0, 0, {}}, 0, 1, 7.5);
  expect_answer("click threshold", {"", "", 0.6, false, 0, 0, {}}, 0, 2, 7.5);
  expect_answer("spread, all 1", {"", "", 0.6, true, 80, 140, 1}, 0, 2, 7.5);
  EXPECT_LT(steps["type weight"].at("people"), steps["click threshold"].at("people"));
  EXPECT_THAT(steps["scenario B"].at("words").get<std::string>(),
              HasSubstr("BW spread evenly from 70 to 140"));
  EXPECT_THAT(steps["start"].at("words").get<std::string>(), HasSubstr("The full search"));
}

TEST_F(Explorer, DraggingChoosesTheDose) {
  const double pressed = steps["press"].at("at"), dragged = steps["drag"].at("at");
  EXPECT_GT(pressed, 0);
  EXPECT_GT(dragged, pressed);
  EXPECT_EQ(std::fmod(dragged, 0.5), 0);
  EXPECT_EQ(steps["after the drag"].at("at"), dragged);
  expect_answer("drag", {"", "", 0.6, true, 80, 140, 1}, 0, 2, dragged);
}

TEST_F(Explorer, IsInstantAndNamed) {
  EXPECT_LT(std::stod(attribute(root, "data-milliseconds")), 200) << "for a change, on a busy machine";
  EXPECT_EQ(attribute(root, "data-unnamed"), "0") << "controls without a name for a screen reader";
}

}  // namespace
}  // namespace qdose
