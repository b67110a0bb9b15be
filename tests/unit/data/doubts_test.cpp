#include "qdose/data/doubts.hpp"

#include <gmock/gmock.h>

#include "example_trial.hpp"

namespace qdose {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Six people, two untreated; doses of 1 and 3 with concentrations in proportion.
Trial ordinary() {
  Trial trial;
  for (int i = 0; i < 6; ++i) {
    Subject subject;
    const double level = i < 2 ? 0 : i < 4 ? 1 : 3;
    for (double t = 0; t < 72; t += 24) {
      if (level > 0) subject.doses.push_back({t, level, 0});
      if (level > 0) subject.concentrations.push_back({t + 2, 0.4 * level + 0.01 * i, 0});
      subject.responses.push_back({t, 10.0 + i, 0});
    }
    trial.subjects.push_back(subject);
  }
  return trial;
}

template <class Change>
std::vector<std::string> after(Change change) {
  Trial trial = ordinary();
  for (Subject& subject : trial.subjects) change(subject);
  return doubts_about(trial);
}

void stretch_time(Subject& subject, double by) {
  for (Dose& dose : subject.doses) dose.time *= by;
}

TEST(Doubts, NoneAboutOrdinaryTrials) {
  EXPECT_THAT(doubts_about(ordinary()), IsEmpty());
  // Twice a day, weekly, every twelve weeks, and one dose alone.
  for (const double h : {12.0, 168.0, 2016.0})
    EXPECT_THAT(after([h](Subject& s) { stretch_time(s, h / 24); }), IsEmpty()) << h;
  EXPECT_THAT(after([](Subject& s) { s.doses.resize(std::min<std::size_t>(1, s.doses.size())); }), IsEmpty());
  // A tenfold difference between arms can be saturation; traces of drug under placebo are contamination.
  EXPECT_THAT(after([](Subject& s) {
                for (Observation& o : s.concentrations) o.value *= s.dose_level() > 1 ? 10 : 1;
                if (s.doses.empty()) s.concentrations.push_back({2, 0.01, 0});
              }),
              IsEmpty());
}

TEST(Doubts, TimeInDaysOrMinutes) {
  EXPECT_THAT(after([](Subject& s) { stretch_time(s, 1.0 / 24); }), ElementsAre(HasSubstr("in days")));
  EXPECT_THAT(after([](Subject& s) { stretch_time(s, 60); }), ElementsAre(HasSubstr("in minutes")));
}

TEST(Doubts, TimeThatIsADate) {
  EXPECT_THAT(after([](Subject& s) {
                for (Dose& dose : s.doses) dose.time += 45000;
              }),
              ElementsAre(HasSubstr("is it a date?")));
}

TEST(Doubts, KindsOfValuesExchanged) {
  EXPECT_THAT(after([](Subject& s) { std::swap(s.concentrations, s.responses); }),
              ElementsAre(HasSubstr("people without a dose have 6 concentrations")));
}

TEST(Doubts, AnArmInAnotherUnit) {
  EXPECT_THAT(after([](Subject& s) {
                for (Dose& dose : s.doses)
                  if (dose.amount == 3) dose.amount = 3000;
              }),
              ElementsAre(HasSubstr("in one unit?")));
}

TEST(Doubts, CodesForMissingValues) {
  EXPECT_THAT(after([](Subject& s) { s.responses[1].value = -99; }),
              ElementsAre(HasSubstr("6 biomarker values are -99")));
}

TEST(Doubts, PopulationsOfTheFew) {
  Trial trial = ordinary();
  trial.subjects.resize(3);
  EXPECT_THAT(doubts_about(trial), ElementsAre(HasSubstr("only 1 people get the drug")));
}

TEST(Doubts, StandAmongTheNotesOfATrial) {
  std::string text = header;
  for (const char* who : {"1,60,0,5,", "2,70,1,5,"})
    text += std::string(who) + "0,0,1,1,5,1,0\n" + who + "1,0,1,1,5,1,0\n" + who + "1.5,0.5,0,0,0,2,1\n" +
            who + "1.5,9,0,0,0,3,2\n";
  const Result<Trial> trial = parse_trial(text, "t.csv");
  ASSERT_TRUE(trial);
  EXPECT_THAT(trial->notes, testing::Contains(HasSubstr("doses are 1 h apart")));
}

}  // namespace
}  // namespace qdose
