#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "qdose/report/answer_rows.hpp"
#include "qdose/report/cautions.hpp"
#include "qdose/report/compact.hpp"
#include "qdose/report/html.hpp"
#include "qdose/report/parameter_groups.hpp"
#include "qdose/report/trial_medians.hpp"
#include "tests/support/synthetic_results.hpp"

namespace qdose {
namespace {

using namespace qdose::testing;
using ::testing::HasSubstr;

TEST(Html, NumbersReadAsPeopleWriteThem) {
  EXPECT_EQ(html::number(3.14159), "3.14");
  EXPECT_EQ(html::number(0.0123456), "0.0123");
  EXPECT_EQ(html::number(1234.5), "1234");
  EXPECT_EQ(html::number(0), "0");
  EXPECT_EQ(html::number(-2.5e-7, 2), "-2.5e-07");
  EXPECT_EQ(html::number(std::nan("")), "–");
  EXPECT_EQ(html::plain(8.5), "8.5");
  EXPECT_EQ(html::plain(75), "75");
  EXPECT_EQ(html::percent(0.9049), "90%");
}

TEST(Html, PercentNeverClaimsCertainty) {
  EXPECT_EQ(html::percent(0.9996), "more than 99%");
  EXPECT_EQ(html::percent(0.0004), "less than 1%");
  EXPECT_EQ(html::percent(1), "100%");
  EXPECT_EQ(html::percent(0), "0%");
}

TEST(Html, EscapesAndStripsMarkup) {
  EXPECT_EQ(html::escape("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
  EXPECT_EQ(html::without_tags("<b>All</b> answers"), "All answers");
}

TEST(Compact, RoundsAndKeepsNullForWhatIsNoNumber) {
  EXPECT_EQ(compact(std::vector<double>{24, 0.123456, std::numeric_limits<double>::infinity(), -1e-9}).dump(),
            "[24,0.1235,null,-1e-09]");
}

TEST(Compact, ThinsEvenly) {
  std::vector<double> values(1000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i);
  const std::vector<double> few = thinned(values, 250);
  ASSERT_EQ(few.size(), 250u);
  EXPECT_EQ(few[1], 4);
  EXPECT_EQ(thinned(values, 5000), values);
  EXPECT_EQ(spread(10, 3), (std::vector<std::size_t>{0, 3, 6}));
  EXPECT_EQ(spread(2, 3), (std::vector<std::size_t>{0, 1}));
}

TEST(Compact, NoTextCanEndItsScriptElement) {
  const nlohmann::json document{{"id", "</script><!--&"}};
  const std::string text = embeddable(document);
  EXPECT_EQ(text.find('<'), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(text), document);
}

TEST(AnswerRows, PairTheSourcesOfAQuestion) {
  const Doses doses = synthetic_doses_found();
  const std::vector<AnswerRow> rows = answer_rows(doses);
  ASSERT_EQ(rows.size(), 12u);
  for (const AnswerRow& row : rows) {
    ASSERT_TRUE(row.posterior && row.kernel);
    EXPECT_EQ(row.posterior->scenario, row.kernel->scenario);
    EXPECT_EQ(row.posterior->regimen, row.kernel->regimen);
  }
}

TEST(AnswerRows, CompareTargetsOnTheSamePopulationOnly) {
  const Doses doses = synthetic_doses_found();
  const std::vector<TargetStep> steps = target_steps(doses);
  ASSERT_EQ(steps.size(), 12u);  // three populations, two regimens, two sources
  for (const TargetStep& step : steps) {
    EXPECT_EQ(step.lower->description, step.higher->description);
    EXPECT_EQ(step.lower->regimen, step.higher->regimen);
    EXPECT_EQ(step.lower->source, step.higher->source);
  }
}

TEST(AnswerRows, CompareNeighbouringTargetsOfOneScenario) {
  Doses doses;
  for (const double target : {0.9, 0.75, 0.5})
    doses.answers.push_back(synthetic_answer("A", "", target, true, false, 3, 0.99));
  const std::vector<TargetStep> steps = target_steps(doses);
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[0].higher->target, 0.9);
  EXPECT_EQ(steps[1].lower->target, 0.5);
  EXPECT_EQ(steps[1].higher->target, 0.75);
}

TEST(AnswerRows, SayDosesAndRegimensInWords) {
  DoseAnswer answer = synthetic_answer("A", "", 0.9, true, false, 3, 0.99);
  EXPECT_EQ(regimen_words(answer), "once daily");
  answer.regimen = "other", answer.interval_h = 36;
  EXPECT_EQ(regimen_words(answer), "every 36 h");
  answer.dose_mg = 12.5;
  EXPECT_EQ(dose_words(answer, "mg"), "12.5 mg");
  answer.dose_mg = 0;
  EXPECT_EQ(dose_words(answer, "mg"), "0 mg: no drug needed");
  answer.dose_mg.reset();
  EXPECT_EQ(dose_words(answer, "ug"), "none up to 30 ug");
}

std::string all_text(const std::vector<Caution>& list) {
  std::string text;
  for (const Caution& caution : list) text += caution.text + '\n';
  return text;
}

TEST(Cautions, ASoundRunRaisesNoWarning) {
  RunResults results = synthetic_results(2);
  std::erase_if(results.doses.answers, [](const DoseAnswer& a) { return !a.dose_mg || a.extrapolates; });
  for (const Caution& caution : cautions(results)) EXPECT_EQ(caution.weight, Weight::note) << caution.text;
}

/// Every check is tripped by itself, and its warning names what is wrong.
TEST(Cautions, EveryFaultIsTold) {
  const std::vector<std::pair<std::string, void (*)(RunResults&)>> faults{
      {"R-hat is 1.200 for V", [](RunResults& r) { r.fit.r_hat_max = 1.2, r.fit.r_hat_worst = "V"; }},
      {"Too few effective draws: 55", [](RunResults& r) { r.fit.ess_tail_min = 55; }},
      {"3 divergent transitions", [](RunResults& r) { r.fit.divergences = 3; }},
      {"E-BFMI of chain 2", [](RunResults& r) { r.fit.chain_info[1].e_bfmi = 0.1; }},
      {"Pareto k is 0.900", [](RunResults& r) { r.fit.loo.worst_k = 0.9; }},
      {"No PD class of the catalogue", [](RunResults& r) { r.selection.pd.in_catalogue = false; }},
      {"probability of only 0.30", [](RunResults& r) { r.selection.pk.probabilities["pk_1c_oral"] = 0.3; }},
      {"Stage 2 fitted pk_2c_oral", [](RunResults& r) { r.fit.pk_class = "pk_2c_oral"; }},
      {"go beyond the doses or covariates", [](RunResults& r) { r.doses.answers[0].extrapolates = true; }},
      {"no dose of the grid reaches", [](RunResults& r) { r.doses.answers[0].dose_mg.reset(); }},
      {"disk nearly full", [](RunResults& r) { r.info.notes = {"disk nearly full"}; }}};
  RunResults sound = synthetic_results(2);
  std::erase_if(sound.doses.answers, [](const DoseAnswer& a) { return !a.dose_mg || a.extrapolates; });
  for (const auto& [words, spoil] : faults) {
    EXPECT_EQ(all_text(cautions(sound)).find(words), std::string::npos) << words;
    RunResults spoiled = sound;
    spoil(spoiled);
    EXPECT_THAT(all_text(cautions(spoiled)), HasSubstr(words));
  }
}

TEST(Cautions, ChainsThatDifferMayAgreeAboutTheDoses) {
  RunResults results = synthetic_results(2);
  results.fit.r_hat_max = 1.2, results.fit.r_hat_worst = "V";
  DoseAnswer& answer = results.doses.answers[0];
  answer.crossing_dose_mg = 5, answer.crossing_q5 = 4, answer.crossing_q95 = 6;
  answer.crossing_by_chain = {4.9, 5.1};
  EXPECT_NEAR(chain_spread(answer), 0.1, 1e-12);
  EXPECT_THAT(all_text(cautions(results)), HasSubstr("About the doses the chains agree"));
  answer.crossing_by_chain = {4.2, 5.8};
  EXPECT_TRUE(chains_disagree(answer));
  EXPECT_EQ(all_text(cautions(results)).find("the chains agree"), std::string::npos);
  answer.crossing_by_chain = {4.9, std::nullopt};
  EXPECT_TRUE(chains_disagree(answer));
}

TEST(Cautions, WarningsComeFirst) {
  const std::vector<Caution> list = cautions(synthetic_results(2));
  ASSERT_FALSE(list.empty());
  EXPECT_EQ(list.front().weight, Weight::warning);
  EXPECT_TRUE(std::is_sorted(list.begin(), list.end(),
                             [](const Caution& a, const Caution& b) { return a.weight > b.weight; }));
}

TEST(ParameterGroups, SortWhatAFitReports) {
  Fit fit = synthetic_fit(synthetic_trial(1, 2));
  ParameterSummary strange;
  strange.name = "half_life";
  fit.parameters.push_back(strange);
  const std::vector<ParameterGroup> groups = parameter_groups(fit);
  ASSERT_EQ(groups.size(), 5u);
  EXPECT_EQ(groups[0].members.size(), 6u);
  EXPECT_EQ(groups[1].members.front()->name, "BW_on_CL");
  EXPECT_EQ(groups[2].members.front()->name, "omega_CL");
  EXPECT_EQ(groups[3].members.front()->name, "sigma_pk_proportional");
  EXPECT_EQ(groups[4].members.front()->name, "half_life");
  EXPECT_EQ(unit_of(fit.model, "CL"), "L/h");
  EXPECT_EQ(unit_of(fit.model, "omega_CL"), "");
}

TEST(TrialMedians, AreExactAtSharedTimes) {
  TrialSummary trial;
  for (const double value : {1.0, 5.0, 3.0})
    trial.subjects.push_back({"s", 10, {}, {0}, {10}, {1, 2}, {value, 2 * value}, {}, {}});
  const std::vector<ArmMedian> medians = arm_medians(trial, Measured::concentration);
  ASSERT_EQ(medians.size(), 1u);
  EXPECT_EQ(medians[0].time, (std::vector<double>{1, 2}));
  EXPECT_EQ(medians[0].median, (std::vector<double>{3, 6}));
  EXPECT_TRUE(arm_medians(trial, Measured::response).empty());
}

TEST(TrialMedians, PoolNeighboursWhereTimesDiffer) {
  TrialSummary trial;
  for (int i = 0; i < 4; ++i)
    trial.subjects.push_back(
        {"s", 1, {}, {0}, {1}, {1 + 0.1 * i, 10 + 0.1 * i}, {2.0 + i, 20.0 + i}, {}, {}});
  const std::vector<ArmMedian> medians = arm_medians(trial, Measured::concentration);
  ASSERT_EQ(medians.size(), 1u);
  ASSERT_EQ(medians[0].time.size(), 2u);
  EXPECT_DOUBLE_EQ(medians[0].time[0], 1.15);
  EXPECT_DOUBLE_EQ(medians[0].median[1], 21.5);
}

TEST(TrialMedians, MedianOfEvenOddAndNone) {
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1, 3, 2}), 2.5);
  EXPECT_TRUE(std::isnan(median({})));
}

}  // namespace
}  // namespace qdose
