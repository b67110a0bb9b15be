// How dose and reset records are read: docs/record-semantics.md names these tests.
#include <gmock/gmock.h>

#include "example_trial.hpp"
#include "qdose/data/write_trial.hpp"

namespace qdose {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string columns = "ID,TIME,DV,AMT,EVID,DVID,RATE,DUR,ADDL,II,SS\n";
const std::string observed = "1,1,2,0,0,1,0,0,0,0,0\n1,1,9,0,0,2,0,0,0,0,0\n";

Trial read(const std::string& rows) {
  const Result<Trial> trial = parse_trial(columns + rows, "t.csv");
  EXPECT_TRUE(trial) << (trial ? "" : describe(trial.errors()));
  return trial ? *trial : Trial{};
}

const std::vector<Dose> doses_of(const std::string& rows) {
  const Trial trial = read(rows);
  return trial.subjects.empty() ? std::vector<Dose>{} : trial.subjects[0].doses;
}

std::vector<double> times_of(const std::vector<Dose>& doses) {
  std::vector<double> times;
  for (const Dose& d : doses) times.push_back(d.time);
  return times;
}

TEST(RecordSemantics, OtherEventsDoNothing) {
  const Trial trial = read("1,0,.,5,1,0,0,0,0,0,0\n" + observed + "1,2,.,7,2,0,0,0,0,0,0\n");
  EXPECT_EQ(trial.subjects[0].doses.size(), 1u);
  EXPECT_THAT(trial.notes, Contains(HasSubstr("1 rows are other events")));
}

TEST(RecordSemantics, ADoseOfZeroIsNone) {
  const Trial trial =
      read("1,0,.,5,1,0,0,0,0,0,0\n" + observed + "2,0,.,0,1,0,0,0,3,12,0\n2,1,8,0,0,2,0,0,0,0,0\n");
  ASSERT_EQ(trial.subjects.size(), 2u);
  EXPECT_EQ(trial.subjects[0].doses.size(), 1u);
  EXPECT_TRUE(trial.subjects[1].doses.empty());
  EXPECT_THAT(trial.notes, Contains(HasSubstr("1 doses have an AMT of 0: placebo")));
}

TEST(RecordSemantics, AdditionalDosesFollowEveryInterval) {
  EXPECT_THAT(times_of(doses_of("1,0,.,5,1,0,0,0,3,12,0\n" + observed)), ElementsAre(0, 12, 24, 36));
}

TEST(RecordSemantics, AResetCancelsTheAdditionalDosesToCome) {
  const auto doses =
      doses_of("1,0,.,5,1,0,0,0,9,12,0\n" + observed + "1,30,.,0,3,0,0,0,0,0,0\n1,48,.,5,1,0,0,0,0,0,0\n");
  EXPECT_THAT(times_of(doses), ElementsAre(0, 12, 24, 48));
}

TEST(RecordSemantics, AResetBelongsToTheDoseThatFollows) {
  const auto doses = doses_of("1,0,.,5,1,0,0,0,0,0,0\n" + observed +
                              "1,30,.,0,3,0,0,0,0,0,0\n1,40,0,0,0,1,0,0,0,0,0\n1,48,.,5,1,0,0,0,0,0,0\n");
  ASSERT_EQ(doses.size(), 2u);
  EXPECT_EQ(doses[0].reset, Dose::never);
  EXPECT_LT(doses[1].reset, 30);
  EXPECT_NEAR(doses[1].reset, 30, 1e-9);
}

TEST(RecordSemantics, ValuesAtTheTimeOfAResetCountByTheirPlaceInTheFile) {
  const std::string start = "1,0,.,5,1,0,0,0,0,0,0\n" + observed, value = "1,48,1,0,0,1,0,0,0,0,0\n",
                    reset = "1,48,.,5,4,0,0,0,0,0,0\n";
  EXPECT_EQ(doses_of(start + value + reset)[1].reset, 48);
  EXPECT_LT(doses_of(start + reset + value)[1].reset, 48);
}

TEST(RecordSemantics, TimeMayStartAnewAtAReset) {
  const Trial trial = read("1,0,.,5,1,0,0,0,0,0,0\n" + observed +
                           "1,30,1,0,0,1,0,0,0,0,0\n1,0,.,7,4,0,0,0,0,0,0\n1,5,3,0,0,1,0,0,0,0,0\n");
  const Subject& s = trial.subjects[0];
  EXPECT_THAT(times_of(s.doses), ElementsAre(0, 48));  // the next full day
  EXPECT_EQ(s.concentrations.back().time, 53);
  EXPECT_THAT(trial.notes, Contains(HasSubstr("it is counted on")));
}

TEST(RecordSemantics, ValuesAfterAResetNeedADose) {
  const Error fault = only_fault(columns + "1,0,.,5,1,0,0,0,0,0,0\n" + observed +
                                 "1,30,.,0,3,0,0,0,0,0,0\n1,40,1,0,0,1,0,0,0,0,0\n");
  EXPECT_EQ(fault.place, "t.csv:5:3");
  EXPECT_THAT(fault.message, HasSubstr("values follow a reset"));
}

TEST(RecordSemantics, ADoseAtSteadyStateKeepsItsInterval) {
  const auto doses = doses_of("1,0,.,5,1,0,2.5,0,2,24,1\n" + observed);
  ASSERT_EQ(doses.size(), 3u);
  EXPECT_EQ(doses[0].steady_interval, 24);
  EXPECT_EQ(doses[0].duration, 2);
  EXPECT_FALSE(doses[0].steady_adds);
  EXPECT_EQ(doses[1].steady_interval, 0);  // additional doses simply follow
}

TEST(RecordSemantics, Ss2AddsToWhatIsThere) {
  const auto doses = doses_of("1,0,.,5,1,0,0,0,0,24,1\n1,0,.,3,1,0,0,0,0,12,2\n" + observed);
  ASSERT_EQ(doses.size(), 2u);
  EXPECT_TRUE(doses[1].steady_adds);
}

TEST(RecordSemantics, Ss2AfterAValueIsRefused) {
  const Error fault =
      only_fault(columns + "1,0,.,5,1,0,0,0,0,24,1\n" + observed + "1,12,.,3,1,0,0,0,0,24,2\n");
  EXPECT_THAT(fault.message, HasSubstr("SS 2 after a value"));
}

TEST(RecordSemantics, SteadyStateNeedsAnInterval) {
  EXPECT_THAT(only_fault(columns + "1,0,.,5,1,0,0,0,0,0,1\n" + observed).message, HasSubstr("SS without"));
}

TEST(RecordSemantics, RateAndDurationMakeInfusions) {
  EXPECT_EQ(doses_of("1,0,.,5,1,0,2,0,0,0,0\n" + observed)[0].duration, 2.5);
  EXPECT_EQ(doses_of("1,0,.,5,1,0,0,3,0,0,0\n" + observed)[0].duration, 3);
}

TEST(RecordSemantics, RateMinus2EstimatesTheDuration) {
  const Trial trial = read("1,0,.,5,1,0,-2,0,0,0,0\n" + observed);
  EXPECT_TRUE(trial.modelled_duration);
  EXPECT_EQ(trial.route, Route::infusion);
  EXPECT_EQ(trial.subjects[0].doses[0].duration, 0);
  const Error mixed =
      only_fault(columns + "1,0,.,5,1,0,-2,0,0,0,0\n" + observed + "1,24,.,5,1,0,0,0,0,0,0\n");
  EXPECT_THAT(mixed.message, HasSubstr("on some doses only"));
}

TEST(RecordSemantics, RateMinus1IsRefusedWithTheReason) {
  const Error fault = only_fault(columns + "1,0,.,5,1,0,-1,0,0,0,0\n" + observed);
  EXPECT_THAT(fault.message, HasSubstr("no class has a rate"));
  EXPECT_THAT(fault.hint, HasSubstr("RATE -2"));
}

TEST(RecordSemantics, DosesAtOneTimeAreGivenTogether) {
  const Trial trial = read("1,0,.,5,1,0,0,0,0,0,0\n1,0,.,5,1,0,1,0,0,0,0\n" + observed);
  EXPECT_EQ(trial.subjects[0].doses.size(), 2u);
  EXPECT_THAT(trial.notes, Contains(HasSubstr("given together")));
  EXPECT_THAT(only_fault(columns + "1,0,.,5,1,0,0,0,0,0,0\n1,0,.,5,1,0,0,0,0,0,0\n" + observed).message,
              HasSubstr("two doses at TIME 0"));
}

TEST(RecordSemantics, WhatIsWrittenIsReadBack) {
  const std::string rows =
      "1,0,.,5,1,0,0,0,2,12,1\n1,1,2,0,0,1,0,0,0,0,0\n1,1,9,0,0,2,0,0,0,0,0\n1,100,.,0,3,0,0,0,0,0,0\n"
      "1,101,0,0,0,1,0,0,0,0,0\n1,110,.,7,1,0,0,0,0,0,0\n1,200,1,0,0,1,0,0,0,0,0\n1,200,.,7,4,0,0,0,0,0,0\n"
      "1,201,1,0,0,1,0,0,0,0,0\n1,300,.,3,4,0,0,0,0,24,1\n1,300,.,3,1,0,0,0,0,12,2\n";
  const Trial first = read(rows);
  const auto second = parse_trial(trial_text(first), "t.csv");
  ASSERT_TRUE(second) << describe(second.errors());
  const auto &a = first.subjects[0].doses, &b = second->subjects[0].doses;
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t d = 0; d < a.size(); ++d) {
    EXPECT_EQ(a[d].time, b[d].time);
    EXPECT_EQ(a[d].amount, b[d].amount);
    EXPECT_EQ(a[d].reset, b[d].reset) << d;
    EXPECT_EQ(a[d].steady_interval, b[d].steady_interval) << d;
    EXPECT_EQ(a[d].steady_adds, b[d].steady_adds) << d;
  }
  EXPECT_EQ(trial_text(*second), trial_text(first));
}

}  // namespace
}  // namespace qdose
