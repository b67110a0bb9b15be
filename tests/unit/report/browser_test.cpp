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

class Browser : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::optional<std::string> found = find_browser();
    if (!found) GTEST_SKIP() << "no chromium on the path: the report's scripts were not run";
    browser = *found;
  }

  /// Root element of the page after its scripts, and charts by plot.
  void open(const std::string& page, int width) {
    const std::string dom = rendered(browser, page, width);
    ASSERT_FALSE(dom.empty()) << "the browser did not return the page";
    charts.clear();
    std::string ready;
    for (const Tag& tag : tags_of(dom)) {
      if (tag.closing) continue;
      if (tag.name == "html") root = tag;
      if (tag.name == "body") ready = attribute(tag, "data-ready");
      if (tag.name == "figure")
        charts[attribute(tag, "data-plot")] = std::atoi(attribute(tag, "data-charts").c_str());
    }
    EXPECT_EQ(ready, "true");
    EXPECT_EQ(attribute(root, "data-errors"), "");
  }

  std::string browser;
  Tag root;
  std::map<std::string, int> charts;
};

/// The page with a probe at its end.
std::string probed(const std::string& page, const std::string& script = "probe.js") {
  const Result<std::string> probe =
      read_file(std::string(std::getenv("QDOSE_SOURCE_DIR")) + "/tests/unit/report/" + script);
  return page + "<script>(() => {\n" + probe.value() + "})();</script>\n";
}

TEST_F(Browser, DrawsEveryPlot) {
  open(render_report(synthetic_results()), 1400);
  const std::map<std::string, int> expected{{"dose_overview", 2},
                                            {"explorer", 2},
                                            {"profiles", 4},
                                            {"sensitivity", 1},
                                            {"surface", 1},
                                            {"attainment", 6},
                                            {"trial_pk", 3},
                                            {"trial_pd", 4},
                                            {"classes_pk", 1},
                                            {"classes_pd", 1},
                                            {"subjects_pk", 1},
                                            {"subjects_pd", 1},
                                            {"ranges_pk", 1},
                                            {"ranges_pd", 1},
                                            {"energy", 2},
                                            {"traces", 17},
                                            {"ranks", 17},
                                            {"pairs", 6},
                                            {"priors", 17},
                                            {"calibration", 3},
                                            {"effects", 12},
                                            {"residuals", 10},
                                            {"checks", 16},
                                            {"individuals", 84},
                                            {"observed_predicted", 4},
                                            {"scores", 1},
                                            {"covariate_curves", 3},
                                            {"encoder_confusion", 4},
                                            {"encoder_reliability", 2},
                                            {"encoder_training", 4}};
  EXPECT_EQ(charts, expected);
}

TEST_F(Browser, EveryControlWorksAndEveryTextIsLegible) {
  for (const int width : {1400, 500}) {
    open(probed(render_report(synthetic_results())), width);
    EXPECT_EQ(attribute(root, "data-probed"), "true");
    for (const char* view : {"data-bad-texts", "data-bad-texts-tabs", "data-bad-texts-log"})
      EXPECT_EQ(attribute(root, view), "") << view << " at width " << width;
    if (width > 1000) {
      EXPECT_EQ(attribute(root, "data-cut-texts"), "") << "names cut short where there is room";
    }
    EXPECT_EQ(attribute(root, "data-loose"), "") << "exported figures with gaps";
    EXPECT_EQ(attribute(root, "data-silent"), "") << "plots without a reading";
    EXPECT_EQ(attribute(root, "data-empty-tables"), "") << "plots without values";
    EXPECT_EQ(attribute(root, "data-checked"), "4 of 4");
    EXPECT_EQ(attribute(root, "data-wide"), "false") << "the page scrolls sideways at width " << width;
    EXPECT_EQ(attribute(root, "data-theme"), "light");
  }
}

/// The page as on paper: its rules for printing hold on the screen.
std::string on_paper(std::string page) {
  const std::string rule = "@media print {";
  page.replace(page.find(rule), rule.size(), "@media all {");
  return page;
}

TEST_F(Browser, PaperShowsWhatIsFoldedAndCutsNothingOff) {
  const int letter = 740;  // CSS pixels between the margins
  open(probed(on_paper(render_report(synthetic_results())), "paper_probe.js"), letter);
  EXPECT_EQ(attribute(root, "data-probed"), "true");
  EXPECT_EQ(attribute(root, "data-folded-on-paper"), "0");
  EXPECT_EQ(attribute(root, "data-folded-again"), "true");
  EXPECT_EQ(attribute(root, "data-clashes"), "") << "axis titles over other things";
  EXPECT_EQ(attribute(root, "data-cut-off"), "");
}

TEST_F(Browser, DrawsTheFiguresOfTheReference) {
  RunResults results = synthetic_results(3);
  results.beside_reference = true;
  open(probed(render_report(results)), 1200);
  EXPECT_EQ(charts["reference_classes"], 2);
  EXPECT_EQ(charts["reference_trace"], 1);
  EXPECT_EQ(charts["reference_subjects"], 9);
  EXPECT_EQ(charts["reference_individual"], 2);
  EXPECT_EQ(charts["reference_training"], 2);
  EXPECT_EQ(attribute(root, "data-bad-texts"), "");
}

TEST_F(Browser, DrawsWhatIsThereWhenPartsAreMissing) {
  const std::vector<void (*)(RunResults&)> removals{
      [](RunResults& r) { r = {}; },
      [](RunResults& r) { r.doses = {}, r.kernel = {}; },
      [](RunResults& r) { r.subjects = {}; },
      [](RunResults& r) { r.info.trial = {}, r.selection = {}; },
      [](RunResults& r) { r.fit = {}; },
      [](RunResults& r) {  // nothing but nulls and single points
        for (DoseAnswer& answer : r.doses.answers) {
          answer.dose_mg.reset(), answer.crossing_dose_mg.reset();
          answer.crossing_q5.reset(), answer.crossing_q95.reset(), answer.curve.resize(1);
        }
        r.fit.pk_fits.resize(1), r.fit.pd_fits.clear();
        for (double& value : r.fit.pk_fits[0].observed) value = std::nan("");
      }};
  for (const auto remove : removals) {
    RunResults results = synthetic_results(2);
    remove(results);
    const std::string page = render_report(results);
    open(page, 1400);
    EXPECT_EQ(charts.size(), plot_names(page).size());
    for (const auto& [plot, count] : charts) EXPECT_GT(count, 0) << plot;
  }
}

}  // namespace
}  // namespace qdose
