#include "qdose/results/doses.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "qdose/base/files.hpp"

namespace qdose {
namespace {

std::string scratch(const std::string& name) {
  return (std::filesystem::path(testing::TempDir()) / ("qdose_doses_" + name)).string();
}

Doses example() {
  DoseAnswer reached;
  reached.scenario = "A", reached.description = "as in the trial", reached.regimen = "daily";
  reached.interval_h = 24, reached.target = 0.9, reached.source = "posterior";
  reached.dose_mg = 7.5, reached.attainment = {7.5, 0.91, 0.84, 0.96};
  reached.probability_target_met = 0.62;
  reached.crossing_dose_mg = 7.2, reached.crossing_q5 = 5.5;  // the upper end is beyond the largest dose
  reached.curve = {{7, 0.89, 0.82, 0.95}, {7.5, 0.91, 0.84, 0.96}};
  reached.extrapolates = true, reached.sentence = "7.5 mg daily, \"with\" a comma";
  DoseAnswer missed = reached;
  missed.regimen = "weekly", missed.interval_h = 168;
  missed.dose_mg.reset(), missed.crossing_dose_mg.reset(), missed.crossing_q5.reset();
  return {3.3, "below", {reached, missed}, {"a note"}};
}

TEST(Doses, ComeBackAsSaved) {
  const std::string directory = scratch("whole");
  ASSERT_TRUE(save(example(), directory).ok());
  const auto loaded = load_doses(directory);
  ASSERT_TRUE(loaded.ok()) << describe(loaded.errors());
  EXPECT_EQ(loaded->threshold, 3.3);
  EXPECT_EQ(loaded->direction, "below");
  EXPECT_EQ(loaded->notes, example().notes);
  ASSERT_EQ(loaded->answers.size(), 2u);
  const DoseAnswer& reached = loaded->answers[0];
  EXPECT_EQ(reached.dose_mg, 7.5);
  EXPECT_EQ(reached.crossing_q5, 5.5);
  EXPECT_FALSE(reached.crossing_q95.has_value());
  EXPECT_EQ(reached.curve[1].q95, 0.96);
  EXPECT_TRUE(reached.extrapolates);
  EXPECT_EQ(reached.sentence, example().answers[0].sentence);
  EXPECT_FALSE(loaded->answers[1].dose_mg.has_value());
}

TEST(Doses, CsvHasOneLineAnAnswerAndEmptyCellsForNoDose) {
  const std::string directory = scratch("csv");
  ASSERT_TRUE(save(example(), directory).ok());
  std::istringstream lines(read_file(directory + "/doses.csv").value());
  std::string header, reached, missed, beyond;
  std::getline(lines, header), std::getline(lines, reached), std::getline(lines, missed);
  EXPECT_EQ(header.substr(0, 52), "scenario,regimen,interval_h,target,source,dose_mg,at");
  EXPECT_EQ(reached.substr(0, 27), "A,daily,24,0.9,posterior,7.");
  EXPECT_NE(reached.find("\"7.5 mg daily, \"\"with\"\" a comma\""), std::string::npos);
  EXPECT_EQ(missed.substr(0, 30), "A,weekly,168,0.9,posterior,,0.");
  EXPECT_FALSE(std::getline(lines, beyond));
}

TEST(Doses, AMissingFileIsAFileFault) {
  const auto loaded = load_doses(scratch("nowhere"));
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.errors()[0].fault, Fault::file);
}

}  // namespace
}  // namespace qdose
