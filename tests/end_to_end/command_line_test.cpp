// The program as a user meets it: words in, text or JSON and an exit status out.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/support/run_qdose.hpp"

namespace qdose {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string sound_trial =
    "ID,TIME,DV,AMT,EVID,CMT,DVID\n"
    "1,0,.,5,1,1,0\n"
    "1,4,0.5,0,0,2,1\n"
    "1,4,9,0,0,3,2\n";

class CommandLine : public testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& content) {
    const auto path = folder_.path() / name;
    EXPECT_TRUE(write_file(path, content));
    return path.string();
  }
  TemporaryFolder folder_;
};

TEST_F(CommandLine, CheckTellsWhatASoundTrialHolds) {
  const Ended text = run_qdose("check " + file("trial.csv", sound_trial));
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("trial.csv: 1 subjects, 1 doses, 1 concentrations, 1 biomarker values"));
  EXPECT_EQ(text.err, "");
  const Ended document = run_qdose("check --json " + file("trial.csv", sound_trial));
  EXPECT_EQ(json::parse(document.out)["route"], "extravascular");
}

TEST_F(CommandLine, CheckTellsEveryFaultAndEndsWith2) {
  const std::string path = file("bad.csv", sound_trial + "1,2,x,0,0,2,1\n1,8,.,-5,1,1,0\n");
  const Ended text = run_qdose("check " + path);
  EXPECT_EQ(text.status, 2);
  EXPECT_EQ(text.out, "");
  EXPECT_THAT(text.err, HasSubstr("bad.csv:5:5: DV 'x' is no number"));
  EXPECT_THAT(text.err, HasSubstr("bad.csv:6:7: a dose of -5"));
  const Ended document = run_qdose("check --json " + path);
  EXPECT_EQ(document.status, 2);
  EXPECT_EQ(json::parse(document.out)["errors"].size(), 2u);
}

TEST_F(CommandLine, ExitStatusTellsTheKindOfFault) {
  EXPECT_EQ(run_qdose("").status, 3);
  EXPECT_EQ(run_qdose("chek x.csv").status, 3);
  EXPECT_EQ(run_qdose("models pk_2c_orl").status, 3);
  EXPECT_EQ(run_qdose("check " + (folder_.path() / "none.csv").string()).status, 4);
}

TEST_F(CommandLine, FitRefusesWhatItCannotDoBeforeItFits) {
  const std::string fit =
      "fit " + file("trial.csv", sound_trial) + " --out " + (folder_.path() / "o").string();
  const Ended asked = run_qdose(fit + " --sbc 5 --bake-off 1 --budget 10 --sampler report --mpi");
  EXPECT_EQ(asked.status, 3);
  for (const char* words : {"must be told its classes", "'sbc' is out of range", "'budget' is out of range",
                            "refits with it say nothing"})
    EXPECT_THAT(asked.err, HasSubstr(words));
}

TEST_F(CommandLine, ModelsListsTheCatalogueAndShowsEveryClass) {
  const json catalogue = json::parse(run_qdose("models --json").out);
  EXPECT_EQ(catalogue["pk"].size(), 10u);
  EXPECT_EQ(catalogue["pd"].size(), 10u);
  for (const char* role : {"pk", "pd"})
    for (const json& model : catalogue[role]) {
      const Ended shown = run_qdose("models " + model["id"].get<std::string>());
      EXPECT_EQ(shown.status, 0);
      for (const json& parameter : model["parameters"])
        EXPECT_THAT(shown.out, HasSubstr(parameter["meaning"].get<std::string>()));
    }
}

}  // namespace
}  // namespace qdose
