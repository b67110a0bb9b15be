#include "qdose/results/virtual_subjects.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>

#include "qdose/base/files.hpp"

namespace qdose {
namespace {

VirtualSubjects small_table() {
  VirtualSubjects s;
  s.source = "posterior", s.direction = "below", s.thresholds = {2.5, 3.3};
  s.regimens = {{"daily", "once daily", 24, 0.5, 100}, {"weekly", "once weekly", 168, 5, 700}};
  s.spread_covariate = "BW", s.spread_low = 50, s.spread_high = 140;
  s.level_covariate = "COMED", s.levels = {0, 1};
  s.replicates = 3, s.persons = 4;
  for (std::size_t i = 0; i < s.people(); ++i) {
    s.natural.push_back(60 + double(i)), s.spread.push_back(50 + 90 * double(i) / 11);
    s.natural_level.push_back(i % 2);
  }
  for (std::size_t v = 0; v < s.variants(); ++v)
    for (std::size_t r = 0; r < s.regimens.size(); ++r)
      for (std::size_t t = 0; t < s.thresholds.size(); ++t)
        for (std::size_t i = 0; i < s.people(); ++i)
          s.doses.push_back(packed({false, 1.0 + double(i) + 10 * double(v)}, s.regimens[r].largest_mg));
  s.scenarios = {{"A", "like the trial", 0.9, false, 0, 0, {}},
                 {"B", "heavy", 0.9, true, 95, 140, {}},
                 {"C", "without", 0.75, false, 0, 0, 0}};
  return s;
}

TEST(VirtualSubjects, ANeededDoseComesBackFromSixteenBits) {
  for (const double largest : {10.0, 700.0})
    for (double dose = largest / 1024; dose <= largest; dose *= 1.07)
      for (const bool at_zero : {false, true}) {
        const NeededDose back = unpacked(packed({at_zero, dose}, largest), largest);
        EXPECT_EQ(back.at_zero, at_zero);
        ASSERT_TRUE(back.change.has_value());
        EXPECT_NEAR(*back.change, dose, 2e-3 * dose);
      }
  for (const bool at_zero : {false, true}) {
    const NeededDose back = unpacked(packed({at_zero, {}}, 100), 100);
    EXPECT_EQ(back.at_zero, at_zero);
    EXPECT_FALSE(back.change.has_value());
  }
  EXPECT_NEAR(*unpacked(packed({false, 100.0}, 100), 100).change, 100.0, 1e-9);
}

TEST(VirtualSubjects, CountsThePeopleOfAScenario) {
  const VirtualSubjects s = small_table();
  // A: person i has level i % 2, variant i % 2, and needs 1 + i + 10 * (i % 2)
  EXPECT_NEAR(attainment(s, s.scenarios[0], 0, 1, 5.5), 3.0 / 12, 1e-12);
  // C: everybody at level 0 needs 1 + i
  EXPECT_NEAR(attainment(s, s.scenarios[2], 0, 1, 5.5), 5.0 / 12, 1e-12);
  // B: of 12 people those from 95 on, the 7th and later, in the third and fourth variants: 21 + i and 31 + i
  EXPECT_NEAR(attainment(s, s.scenarios[1], 1, 0, 30.0), (1.0 / 2 + 1.0 / 4) / 2, 1e-12);
}

TEST(VirtualSubjects, SurviveTheirFile) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("qdose-subjects-" + std::to_string(::getpid()));
  const std::string path = (folder / "virtual_subjects.json").string();
  const VirtualSubjects s = small_table();
  ASSERT_TRUE(save(s, path).ok());
  const auto back = load_virtual_subjects(path);
  ASSERT_TRUE(back.ok()) << describe(back.errors());
  EXPECT_EQ(back->doses, s.doses);
  EXPECT_EQ(back->natural_level, s.natural_level);
  EXPECT_EQ(back->thresholds, s.thresholds);
  ASSERT_EQ(back->scenarios.size(), 3u);
  EXPECT_EQ(back->scenarios[2].level, 0);
  EXPECT_FALSE(back->scenarios[0].level.has_value());
  EXPECT_EQ(back->scenarios[1].low, 95);
  for (std::size_t i = 0; i < s.people(); ++i) EXPECT_NEAR(back->spread[i], s.spread[i], 1e-3);
  ASSERT_TRUE(write_file(path, "{\"doses\": 3}"));
  EXPECT_EQ(load_virtual_subjects(path).errors().front().fault, Fault::bad_input);
  EXPECT_EQ(load_virtual_subjects(path + "x").errors().front().fault, Fault::file);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace qdose
