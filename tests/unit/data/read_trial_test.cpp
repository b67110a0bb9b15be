#include "qdose/data/read_trial.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>

#include "example_trial.hpp"

namespace qdose {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

std::vector<std::string> names(const Trial& trial) {
  std::vector<std::string> all;
  for (const Covariate& c : trial.covariates) all.push_back(c.name);
  return all;
}

/// Parses what must be sound.
Trial sound(const std::string& text) {
  Result<Trial> trial = parse_trial(text, "t.csv");
  EXPECT_TRUE(trial) << (trial ? "" : describe(trial.errors()));
  return trial ? *trial : Trial{};
}

TEST(ReadTrial, ReadsSubjectsDosesAndObservations) {
  const Trial trial = sound(example_text());
  ASSERT_EQ(trial.subjects.size(), 6u);
  const Subject& placebo = trial.subjects[0];
  EXPECT_EQ(placebo.id, "1");
  EXPECT_TRUE(placebo.doses.empty());
  EXPECT_EQ(placebo.dose_level(), 0);
  EXPECT_EQ(placebo.responses.size(), 4u);
  const Subject& treated = trial.subjects[5];
  ASSERT_EQ(treated.doses.size(), 2u);
  EXPECT_EQ(treated.doses[1].time, 24);
  EXPECT_EQ(treated.doses[1].amount, 3);
  ASSERT_EQ(treated.concentrations.size(), 2u);
  EXPECT_EQ(treated.concentrations[0].time, 2);
  EXPECT_EQ(treated.concentrations[0].value, 0.6);
  EXPECT_EQ(treated.concentrations[0].line, 36);
  EXPECT_EQ(treated.responses[0].value, 16.25);
  EXPECT_EQ(trial.route, Route::extravascular);
}

TEST(ReadTrial, TellsCovariatesFromTheDesign) {
  const Trial trial = sound(example_text());
  EXPECT_THAT(names(trial), ElementsAre("BW", "COMED"));
  EXPECT_EQ(trial.covariates[0].kind, CovariateKind::continuous);
  EXPECT_EQ(trial.covariates[1].kind, CovariateKind::categorical);
  EXPECT_EQ(trial.covariates[1].reference, 0) << "a tie goes to the smallest level";
  EXPECT_EQ(trial.subjects[2].covariates, (std::vector<double>{81.5, 1}));
  EXPECT_EQ(trial.covariates[0].smallest, 63.5);
  EXPECT_EQ(trial.covariates[0].largest, 81.5);
  EXPECT_EQ(trial.covariates[0].reference, 72.5) << "the median";
}

TEST(ReadTrial, EveryTextFormatGivesTheSameTrial) {
  const std::string plain = example_text();
  const Trial expected = sound(plain);
  const std::string quoted_names = replaced(plain, "ID,BW", "\"ID\",\"BW\"");
  for (const std::string& text :
       {replaced(plain, "\n", "\r\n"), replaced(plain, "\n", "\r"), "\xEF\xBB\xBF" + plain,
        replaced(plain, ",", ";"), replaced(plain, ",", "\t"), replaced(plain, ",", "  "), quoted_names,
        "#" + plain, "# a comment\n\n" + plain, replaced(plain, "\n", "\n\n"), replaced(plain, "\n", " \n"),
        replaced(plain, "\n", ",,\n"), replaced(plain, "ID,BW", "id,BW"),
        plain.substr(0, plain.size() - 1)}) {
    const Trial trial = sound(text);
    ASSERT_EQ(trial.subjects.size(), expected.subjects.size()) << text.substr(0, 60);
    EXPECT_EQ(trial.subjects[5].concentrations[1].value, expected.subjects[5].concentrations[1].value);
    EXPECT_EQ(trial.subjects[3].covariates, expected.subjects[3].covariates);
  }
}

TEST(ReadTrial, LeavesOutRowsMarkedInNonmemsFirstColumn) {
  std::string text = "C," + header;
  const std::string rows = example_rows();
  for (std::size_t at = 0; at < rows.size(); at = rows.find('\n', at) + 1)
    text += ".," + rows.substr(at, rows.find('\n', at) - at + 1);
  text += "C,9,60,0,0,junk,x,x,x,x,x,x\n";
  EXPECT_EQ(sound(text).subjects.size(), 6u);
}

TEST(ReadTrial, ColumnsStandInAnyOrderAndCase) {
  const Trial trial = sound("dvid,dv,Time,evid,amt,id\n0,.,0,1,5,a\n1,0.5,1,0,.,a\n2,10,1,0,.,a\n");
  ASSERT_EQ(trial.subjects.size(), 1u);
  EXPECT_EQ(trial.subjects[0].id, "a");
  EXPECT_EQ(trial.subjects[0].doses[0].amount, 5);
  EXPECT_EQ(trial.route, Route::unknown) << "there is no CMT";
}

TEST(ReadTrial, MissingValuesAreLeftOutWithANote) {
  const Trial trial = sound(replaced(replaced(example_text(), ",0.6,0,0", ",.,0,0"), ",0.5,0,0", ",0.5,0,1"));
  EXPECT_EQ(trial.subjects[5].concentrations.size(), 0u);
  EXPECT_EQ(trial.subjects[4].concentrations.size(), 0u);
  EXPECT_EQ(trial.subjects[3].concentrations.size(), 2u);
  EXPECT_THAT(trial.notes, Contains(HasSubstr("4 observation rows have no value")));
}

TEST(ReadTrial, InfersDosesWithoutEvid) {
  const Trial trial = sound("ID,TIME,DV,AMT,DVID\n1,0,.,5,0\n1,1,0.5,0,1\n1,1,10,.,2\n");
  EXPECT_EQ(trial.subjects[0].doses.size(), 1u);
  EXPECT_THAT(trial.notes, Contains(HasSubstr("no column EVID")));
}

TEST(ReadTrial, InfersObservationsFromCompartments) {
  const Trial trial = sound("ID,TIME,DV,AMT,EVID,CMT\n1,0,.,5,1,1\n1,1,0.5,0,0,1\n1,1,10,0,0,2\n");
  EXPECT_EQ(trial.subjects[0].concentrations[0].value, 0.5);
  EXPECT_EQ(trial.subjects[0].responses[0].value, 10);
  EXPECT_EQ(trial.route, Route::bolus);
}

TEST(ReadTrial, ReadsInfusionsByRateAndByDuration) {
  const Trial rate =
      sound("ID,TIME,DV,AMT,RATE,EVID,CMT,DVID\n1,0,.,6,3,1,1,0\n1,1,0.5,0,0,0,1,1\n1,1,10,0,0,0,2,2\n");
  EXPECT_EQ(rate.subjects[0].doses[0].duration, 2);
  EXPECT_EQ(rate.route, Route::infusion);
  const Trial duration =
      sound("ID,TIME,DV,AMT,DUR,EVID,DVID\n1,0,.,6,2,1,0\n1,1,0.5,0,.,0,1\n1,1,10,0,.,0,2\n");
  EXPECT_EQ(duration.subjects[0].doses[0].duration, 2);
}

TEST(ReadTrial, WritesAdditionalDosesOut) {
  const Trial trial =
      sound("ID,TIME,DV,AMT,ADDL,II,EVID,DVID\n1,0,.,6,3,12,1,0\n1,100,0.5,0,0,0,0,1\n1,100,9,0,0,0,0,2\n");
  ASSERT_EQ(trial.subjects[0].doses.size(), 4u);
  EXPECT_EQ(trial.subjects[0].doses[3].time, 36);
  EXPECT_EQ(trial.subjects[0].doses[3].amount, 6);
}

TEST(ReadTrial, TakesScatteredBlocksOfASubjectTogether) {
  const Trial trial = sound(
      "ID,TIME,DV,AMT,EVID,DVID\n1,0,.,5,1,0\n1,4,0.5,0,0,1\n2,0,.,5,1,0\n2,4,0.4,0,0,1\n"
      "1,1,10,0,0,2\n1,8,9,0,0,2\n2,1,10,0,0,2\n");
  ASSERT_EQ(trial.subjects.size(), 2u);
  EXPECT_EQ(trial.subjects[0].responses.size(), 2u);
  EXPECT_THAT(trial.notes, Contains(HasSubstr("2 subjects stand in several blocks")));
}

TEST(ReadTrial, ANegativeTimeBeforeTheFirstDoseIsASample) {
  const Trial trial = sound("ID,TIME,DV,AMT,EVID,DVID\n1,-1,11,0,0,2\n1,0,.,5,1,0\n1,4,0.5,0,0,1\n");
  EXPECT_EQ(trial.subjects[0].responses[0].time, -1);
}

TEST(ReadTrial, SaysWhyAColumnIsNoCovariate) {
  // Of each kind one: text, changing, the same for all, a number of the subject, not positive, mostly
  // missing.
  std::string text = "ID,SEX,TAD,STUDY,NO,ETA,AGE,TIME,DV,AMT,EVID,DVID\n";
  for (int id = 1; id <= 8; ++id) {
    const std::string who = std::to_string(id) + (id % 2 ? ",M" : ",F");
    const std::string rest = ",7," + std::to_string(1000 + id) + "," +
                             std::to_string(0.5 * ((id * 5) % 8) - 1) + "," +
                             (id < 3 ? std::to_string(30 + id) : ".");
    text += who + ",0" + rest + ",0,.,5,1,0\n" + who + ",4" + rest + ",4,0.5,0,0,1\n" + who + ",4" + rest +
            ",4,9,0,0,2\n";
  }
  const Trial trial = sound(text);
  EXPECT_TRUE(trial.covariates.empty());
  EXPECT_THAT(trial.notes, Contains("column SEX is no covariate: 'M' in line 2 is no number"));
  EXPECT_THAT(trial.notes, Contains("column TAD is no covariate: it changes within subject '1' (line 3)"));
  EXPECT_THAT(trial.notes, Contains("column STUDY is no covariate: it is the same for all subjects"));
  EXPECT_THAT(trial.notes, Contains("column NO is no covariate: it numbers the subjects"));
  EXPECT_THAT(trial.notes,
              Contains(HasSubstr("column ETA is no covariate: a continuous covariate must be positive")));
  EXPECT_THAT(trial.notes,
              Contains(HasSubstr("column AGE is no covariate: it is missing for more than half")));
}

const std::string limited_rows =
    "1,0,.,5,1,0,1,0\n"
    "1,1,2.5,0,0,0,1,0.1\n"
    "1,2,0.1,0,0,1,1,0.1\n"
    "1,4,0,0,0,1,1,0.2\n"
    "1,4,9,0,0,0,2,.\n";

TEST(ReadTrial, KeepsValuesBelowTheLimitOfQuantification) {
  for (const char* names : {"BLQ,DVID,LLOQ", "CENS,DVID,LOQ"}) {
    const Trial trial = sound(std::string("ID,TIME,DV,AMT,EVID,") + names + "\n" + limited_rows);
    const auto& values = trial.subjects[0].concentrations;
    ASSERT_EQ(values.size(), 3u);
    EXPECT_FALSE(values[0].below_limit);
    EXPECT_EQ(values[0].limit, 0.1);
    EXPECT_TRUE(values[1].below_limit && values[2].below_limit);
    EXPECT_EQ(values[2].limit, 0.2);
    EXPECT_EQ(values[2].value, 0.1);  // half the limit, for those who do not ask
    EXPECT_EQ(trial.subjects[0].responses[0].limit, 0);
    EXPECT_THAT(trial.notes, Contains(HasSubstr("2 values are below the limit of quantification")));
  }
}

TEST(ReadTrial, TakesTheLimitFromDvOrTheFlagFromLloq) {
  const Trial from_dv =
      sound("ID,TIME,DV,AMT,EVID,CENS,DVID\n1,0,.,5,1,0,1\n1,1,2,0,0,0,1\n1,2,0.3,0,0,1,1\n1,2,9,0,0,0,2\n");
  EXPECT_TRUE(from_dv.subjects[0].concentrations[1].below_limit);
  EXPECT_EQ(from_dv.subjects[0].concentrations[1].limit, 0.3);
  const Trial from_limit =
      sound("ID,TIME,DV,AMT,EVID,LLOQ,DVID\n1,0,.,5,1,.,1\n1,1,2,0,0,.3,1\n1,2,0,0,0,.3,1\n1,2,9,0,0,.,2\n");
  EXPECT_FALSE(from_limit.subjects[0].concentrations[0].below_limit);
  EXPECT_TRUE(from_limit.subjects[0].concentrations[1].below_limit);
}

TEST(ReadTrial, ALimitThatOnlyFlaggedRowsTellIsThatOfTheirKind) {
  const std::string rows = "1,1,2,0,0,0,1\n1,2,0.3,0,0,1,1\n1,3,0.1,0,0,0,1\n1,4,9,0,0,0,2\n";
  const Trial trial = sound("ID,TIME,DV,AMT,EVID,CENS,DVID\n1,0,.,5,1,0,1\n" + rows);
  const Subject& s = trial.subjects[0];
  EXPECT_EQ(s.concentrations[0].limit, 0.3);
  EXPECT_FALSE(s.concentrations[0].below_limit);
  EXPECT_EQ(s.concentrations[2].limit, 0);  // measured below it: this value has another limit
  EXPECT_EQ(s.responses[0].limit, 0);
  EXPECT_THAT(trial.notes, Contains(HasSubstr("0.3 is taken as the limit of quantification of all conc")));
  const Trial two = sound("ID,TIME,DV,AMT,EVID,CENS,DVID\n1,0,.,5,1,0,1\n1,0.5,0.2,0,0,1,1\n" + rows);
  EXPECT_EQ(two.subjects[0].concentrations[1].limit, 0);  // two limits: whose this is nobody says
}

TEST(ReadTrial, FillsInAMissingCovariateWithItsReference) {
  const Trial trial = sound(replaced(example_text(), "\n1,67.5,", "\n1,.,"));
  ASSERT_THAT(names(trial), ElementsAre("BW", "COMED"));
  EXPECT_EQ(trial.subjects[0].covariates[0], trial.covariates[0].reference);
  EXPECT_THAT(trial.notes, Contains(HasSubstr("BW is missing for 1 subjects")));
}

TEST(ReadTrial, DosingByWeightLeavesWeightACovariate) {
  // 2 mg/kg: every subject has a dose of its own, so that anything is a function of the dose.
  std::string text = "ID,BW,MGDOSE,TIME,DV,AMT,EVID,DVID\n";
  for (int id = 1; id <= 8; ++id) {
    const int weight = 60 + (id * 5) % 17;
    const std::string who =
        std::to_string(id) + "," + std::to_string(weight) + "," + std::to_string(2 * weight);
    text +=
        who + ",0,.," + std::to_string(2 * weight) + ",1,0\n" + who + ",4,0.5,0,0,1\n" + who + ",4,9,0,0,2\n";
  }
  EXPECT_THAT(names(sound(text)), ElementsAre("BW"));
}

TEST(ReadTrial, ACohortNumberOfPlaceboSubjectsIsDesign) {
  std::string text = "ID,COH,TIME,DV,AMT,EVID,DVID\n";
  for (int id = 1; id <= 12; ++id) {
    const int cohort = (id * 5) % 3;
    const bool placebo = id > 9;
    const std::string who = std::to_string(id) + "," + std::to_string(cohort);
    if (!placebo)
      text += who + ",0,.," + std::to_string(10 * (cohort + 1)) + ",1,0\n" + who + ",4,0.5,0,0,1\n";
    text += who + ",4,9,0,0,2\n";
  }
  EXPECT_TRUE(sound(text).covariates.empty());
}

TEST(ReadTrial, NotesReplicatesLateDosesAndZeros) {
  const Trial trial = sound(
      "ID,TIME,DV,AMT,EVID,DVID\n1,0,.,5,1,0\n1,4,0.5,0,0,1\n1,4,0.6,0,0,1\n1,8,0,0,0,1\n1,8,9,0,0,2\n1,24,.,"
      "5,1,0\n");
  EXPECT_EQ(trial.subjects[0].concentrations.size(), 3u);
  EXPECT_THAT(trial.notes, Contains(HasSubstr("1 observations share subject, time and kind")));
  EXPECT_THAT(trial.notes, Contains(HasSubstr("1 dose rows come after the subject's last observation")));
  EXPECT_THAT(trial.notes, Contains(HasSubstr("1 concentrations after the first dose are 0")));
}

TEST(ReadTrial, AMissingFileIsAFaultOfFiles) {
  const auto trial = read_trial("/no/such/trial.csv");
  ASSERT_FALSE(trial);
  EXPECT_EQ(trial.errors()[0].fault, Fault::file);
}

TEST(ReadTrial, ReadsTheChallengesTrial) {
  const char* given = std::getenv("QDOSE_TRIAL");
  const char* source = std::getenv("QDOSE_SOURCE_DIR");
  const std::filesystem::path path =
      given ? std::filesystem::path(given)
            : std::filesystem::path(source ? source : ".") / ".." / "shared" / "data" / "EstData.csv";
  if (!std::filesystem::exists(path))
    GTEST_SKIP() << "the challenge's trial is not here: set QDOSE_TRIAL to its EstData.csv";
  const auto trial = read_trial(path);
  ASSERT_TRUE(trial) << describe(trial.errors());
  EXPECT_EQ(trial->subjects.size(), 48u);
  EXPECT_THAT(names(*trial), ElementsAre("BW", "COMED"));
  EXPECT_EQ(trial->route, Route::extravascular);
  std::size_t doses = 0, concentrations = 0, responses = 0;
  for (const Subject& s : trial->subjects)
    doses += s.doses.size(), concentrations += s.concentrations.size(), responses += s.responses.size();
  EXPECT_EQ(doses, 756u);
  EXPECT_EQ(concentrations, 864u);
  EXPECT_EQ(responses, 1200u);
}

}  // namespace
}  // namespace qdose
