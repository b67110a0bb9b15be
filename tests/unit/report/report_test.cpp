#include "qdose/report/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "qdose/base/files.hpp"
#include "tests/support/synthetic_results.hpp"
#include "tests/unit/report/page_parts.hpp"

namespace qdose {
namespace {

using namespace qdose::testing;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string& full_page() {
  static const std::string page = render_report(synthetic_results());
  return page;
}

TEST(Report, EveryElementIsClosed) { EXPECT_EQ(nesting_fault(full_page()), ""); }

TEST(Report, IdsAreUniqueAndLinksLeadToThem) {
  std::set<std::string> ids, targets;
  for (const Tag& tag : tags_of(full_page())) {
    const std::string id = attribute(tag, "id");
    EXPECT_TRUE(id.empty() || ids.insert(id).second) << id << " twice";
    for (const char* name : {"href", "aria-describedby", "aria-labelledby"})
      if (std::string to = attribute(tag, name); !to.empty())
        targets.insert(to[0] == '#' ? to.substr(1) : to);
  }
  for (const std::string& target : targets) EXPECT_TRUE(ids.contains(target)) << target;
}

TEST(Report, LoadsNothingFromOutside) {
  for (const Tag& tag : tags_of(full_page())) {
    EXPECT_EQ(attribute(tag, "src"), "") << tag.text;
    const std::string to = attribute(tag, "href");
    EXPECT_TRUE(to.empty() || to[0] == '#') << tag.text;
  }
  for (const char* loader : {"@import", "url(http", "url(//", "fetch(", "XMLHttpRequest", "import("})
    EXPECT_THAT(full_page(), Not(HasSubstr(loader)));
  EXPECT_THAT(full_page(), HasSubstr("default-src 'none'"));
}

TEST(Report, EverySectionIsThereAndSmallEnough) {
  EXPECT_EQ(section_ids(full_page()),
            (std::set<std::string>{"answer", "explorer", "curves", "details", "trial", "classes",
                                   "population", "fits", "covariates", "methods"}));
  EXPECT_LT(full_page().size(), 1'200'000u);
}

TEST(Report, DataComesBackRounded) {
  const RunResults results = synthetic_results();
  const nlohmann::json data = embedded_data(full_page());
  EXPECT_EQ(data.at("answers").size(), results.doses.answers.size());
  EXPECT_EQ(data.at("trial").at("subjects").size(), 48u);
  EXPECT_EQ(data.at("fit").at("pd").size(), 48u);
  EXPECT_EQ(data.at("fit").at("traces").size(), results.fit.traces.size());
  const double shown = data.at("fit").at("pk").at(0).at("obs").at(3);
  const double exact = results.fit.pk_fits.front().observed.at(3);
  EXPECT_NEAR(shown, exact, 1e-3 * exact);
  const nlohmann::json& fit = data.at("fit").at("pk").at(0);
  EXPECT_EQ(data.at("fit").at("grids").at(fit.at("t").get<std::size_t>()).size(), fit.at("obs").size());
}

TEST(Report, NamesFromTheTrialCannotBecomeMarkup) {
  RunResults results = synthetic_results(1);
  const std::string evil = "</script><script>alert(1)</script>&\"'<b>";
  results.info.trial.file = evil;
  results.info.trial.subjects[0].id = evil;
  results.info.trial.covariates[0].name = evil;
  results.info.command_line = evil;
  results.fit.parameters[0].name = results.fit.trace_names[0] = evil;
  results.fit.pd_fits[0].id = evil;
  results.selection.pk.model = evil;
  results.selection.pd.subjects[0].id = evil;
  results.kernel.outputs[0].name = results.kernel.verdict = evil;
  for (DoseAnswer& answer : results.doses.answers)
    answer.scenario = answer.description = answer.sentence = evil;
  results.info.notes = {evil};
  const std::string page = render_report(results);
  EXPECT_EQ(nesting_fault(page), "");
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_EQ(embedded_data(page).at("trial").at("subjects").at(0).at("id"), evil);
}

TEST(Report, BytesThatAreNoTextDoNotStopIt) {
  RunResults results = synthetic_results(1);
  results.fit.pd_fits[0].id = "\xff\xfe";
  results.fit.pd_fits[0].observed[0] = std::nan("");
  EXPECT_TRUE(embedded_data(render_report(results)).at("fit").at("pd").at(0).at("obs").at(0).is_null());
}

TEST(Report, StandsBesideTheReferenceWhenAsked) {
  RunResults results = synthetic_results(3);
  results.beside_reference = true;
  const std::string page = render_report(results);
  EXPECT_EQ(nesting_fault(page), "");
  EXPECT_TRUE(section_ids(page).contains("reference"));
  EXPECT_THAT(page, HasSubstr("pk_2c_iv_infusion for 36 of 36"));
  EXPECT_THAT(page, HasSubstr("accuracy 0.714, masked MSE 0.516"));
  EXPECT_THAT(page, HasSubstr("accuracy 0.620 ± 0.010, masked MSE 0.200; Bayes classifier 0.650"));
  EXPECT_TRUE(plot_names(page).contains("reference_individual"));
  RunResults empty;
  empty.beside_reference = true;
  EXPECT_THAT(render_report(empty), HasSubstr("not in this folder"));
}

TEST(Report, TheTruthOfAVirtualTrialHasATableOfItsOwn) {
  RunResults results = synthetic_results(1);
  const std::size_t shown = embedded_data(render_report(results)).at("answers").size();
  DoseAnswer truth = results.doses.answers.front();
  truth.source = "truth", truth.dose_mg = 4.5;
  results.doses.answers.push_back(truth);
  const std::string page = render_report(results);
  EXPECT_EQ(embedded_data(page).at("answers").size(), shown);
  EXPECT_THAT(page, HasSubstr("The truth of a virtual trial"));
  EXPECT_THAT(page, HasSubstr("4.5 mg"));
}

TEST(Report, TellsHowTheSamplerWasChecked) {
  RunResults results = synthetic_results(1);
  const std::string page = render_report(results);
  EXPECT_THAT(page, HasSubstr("200 trials were simulated from the model fitted"));
  EXPECT_THAT(page, HasSubstr("not uniform"));
  EXPECT_THAT(page, HasSubstr("against NUTS at its usual target 0.8 2.2 times (+- "));
  EXPECT_THAT(page, HasSubstr("within error)."));
  EXPECT_THAT(page, HasSubstr("Largest tree depth"));
  EXPECT_THAT(page, HasSubstr("640 (omega_CL)"));  // the smaller ESS with its own name
  EXPECT_EQ(embedded_data(page).at("calibration").at("quantities").at(2).at("counts").at(0), 45);
  EXPECT_EQ(embedded_data(page).at("draws").at("pairs").at(0).at("divergent").at("x").size(), 4u);
  results.calibration = {}, results.bake_off = {};
  for (ParameterSummary& p : results.fit.parameters) p.prior = {};  // a folder of an older version
  EXPECT_THAT(render_report(results), Not(HasSubstr("Samplers side by side")));
  EXPECT_FALSE(plot_names(render_report(results)).contains("priors"));
  EXPECT_FALSE(plot_names(render_report(results)).contains("calibration"));
}

TEST(Report, SaysWhatIsMostlyPrior) {
  RunResults results = synthetic_results(1);
  EXPECT_THAT(render_report(results), HasSubstr("move every quantity well beyond its prior"));
  results.fit.parameters[6].prior.sd = 0.15;  // BW_on_CL: as wide as the posterior
  EXPECT_THAT(render_report(results), HasSubstr("of its variance: BW_on_CL."));
}

TEST(Report, DosesCarryTheUnitOfTheTrial) {
  RunResults results = synthetic_results(1);
  results.doses.dose_unit = "µg<";
  const std::string page = render_report(results);
  EXPECT_EQ(embedded_data(page).at("units").at("dose"), "µg<");
  const std::string words = page.substr(0, page.find("<script"));
  EXPECT_THAT(words, HasSubstr("µg&lt;"));
  std::string answers = words.substr(words.find("id=\"answer\""));
  answers.resize(answers.find("id=\"classes\""));
  EXPECT_THAT(answers, Not(HasSubstr(" mg")));
}

TEST(Report, EndpointsOfAUsersScenariosAreSaid) {
  RunResults results = synthetic_results(1);
  for (DoseAnswer& answer : results.doses.answers)
    answer.endpoint = "biomarker below 3.3 through the whole interval";
  EXPECT_THAT(render_report(results), HasSubstr("stay below 3.3 at"));
  results.doses.answers.front().endpoint = "AUC of the concentration over an interval below 40";
  const std::string page = render_report(results);
  EXPECT_THAT(page, HasSubstr("expected to attain: AUC of the concentration over an interval below 40, at"));
  EXPECT_THAT(page, HasSubstr("<span class=\"scenario\">AUC of the concentration"));
}

TEST(Report, AnEmptyRunStillMakesAPage) {
  const std::string page = render_report({});
  EXPECT_EQ(nesting_fault(page), "");
  EXPECT_TRUE(plot_names(page).empty());
  for (const char* sentence : {"No dose search was made", "data were not kept", "Stage 1 was not run",
                               "Stage 2 was not run", "Stage 3 was not run"})
    EXPECT_THAT(page, HasSubstr(sentence));
}

/// Any one part may be missing: the page stays whole and says so, the others stay.
TEST(Report, EachPartMayBeMissing) {
  const std::vector<std::pair<std::string, void (*)(RunResults&)>> parts{
      {"attainment", [](RunResults& r) { r.doses = {}; }},
      {"explorer", [](RunResults& r) { r.subjects = {}; }},
      {"sensitivity", [](RunResults& r) { r.doses.sensitivity.clear(); }},
      {"surface", [](RunResults& r) { r.doses.surface.reset(); }},
      {"trial_pk", [](RunResults& r) { r.info.trial = {}; }},
      {"classes_pk", [](RunResults& r) { r.selection.pk = {}; }},
      {"classes_pd", [](RunResults& r) { r.selection.pd = {}; }},
      {"traces", [](RunResults& r) { r.fit = {}; }},
      {"individuals", [](RunResults& r) { r.fit.pk_fits.clear(), r.fit.pd_fits.clear(); }},
      {"checks", [](RunResults& r) { r.fit.pk_check.clear(), r.fit.pd_check.clear(); }},
      {"energy", [](RunResults& r) { r.fit.chain_info.clear(); }},
      {"encoder_reliability", [](RunResults& r) { r.encoders.clear(); }},
      {"scores", [](RunResults& r) { r.kernel = {}; }},
      {"covariate_curves", [](RunResults& r) { r.kernel.curves.clear(); }}};
  const std::set<std::string> all = plot_names(full_page());
  for (const auto& [plot, remove] : parts) {
    RunResults results = synthetic_results();
    remove(results);
    const std::string page = render_report(results);
    EXPECT_EQ(nesting_fault(page), "") << plot;
    EXPECT_TRUE(all.contains(plot)) << plot;
    EXPECT_FALSE(plot_names(page).contains(plot)) << plot;
    EXPECT_GE(plot_names(page).size(), all.size() - 11) << plot;
  }
}

TEST(Report, SaysWhenNoDoseReachesTheTarget) {
  RunResults results = synthetic_results(1);
  for (DoseAnswer& answer : results.doses.answers) answer.dose_mg.reset();
  const std::string page = render_report(results);
  EXPECT_THAT(page, HasSubstr("No dose <span>once daily</span>"));
  EXPECT_THAT(page, HasSubstr("none up to 30 mg"));
}

TEST(Report, TimesAreThoseOfTheRunAndNoneCountsTwice) {
  RunResults results = synthetic_results();
  results.info.stages = {{"select", 2.5}, {"fit", 11.25}, {"total", 13.75}};
  const std::string page = render_report(results);
  EXPECT_THAT(page, HasSubstr(">13.8<"));
  EXPECT_THAT(page, Not(HasSubstr(">27.5<")));
}

TEST(Report, ALargeTrialShowsPartOfItsSubjectsAndSaysSo) {
  const std::string page = render_report(synthetic_results(50));
  const nlohmann::json data = embedded_data(page);
  EXPECT_EQ(data.at("fit").at("pd").size(), 120u);
  std::map<double, int> arms;
  for (const auto& fit : data.at("fit").at("pd")) ++arms[fit.at("arm").get<double>()];
  for (const auto& [arm, count] : arms) EXPECT_EQ(count, 30) << arm;
  EXPECT_EQ(data.at("trial").at("subjects").size(), 120u);
  EXPECT_THAT(page, HasSubstr("120 of 200 subjects"));
}

TEST(Report, IsWrittenToAFileOrTellsWhyNot) {
  const auto folder = std::filesystem::temp_directory_path() / ("qdose-report-" + std::to_string(::getpid()));
  const std::string path = (folder / "report.html").string();
  ASSERT_TRUE(write_report({}, path).ok());
  const Result<std::string> text = read_file(path);
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text, render_report({}));
  EXPECT_FALSE(write_report({}, path + "/below-a-file.html").ok());
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace qdose
