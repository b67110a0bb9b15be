#include "qdose/models/catalogue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "qdose/models/formula.hpp"

namespace qdose {
namespace {

using testing::ElementsAre;

TEST(Formula, PrintsOperationsWithTheParenthesesTheyNeed) {
  const Formula a = Formula::symbol("a"), b = Formula::symbol("b"), c = Formula::symbol("c");
  EXPECT_EQ((a * (b + c)).text(), "a * (b + c)");
  EXPECT_EQ((a - (b - c)).text(), "a - (b - c)");
  EXPECT_EQ((a / (b * c)).text(), "a/(b * c)");
  EXPECT_EQ((a / b * c).text(), "a/b * c");
  EXPECT_EQ((-(a * b) + c).text(), "-a * b + c");
  EXPECT_EQ((a * -b).text(), "a * (-b)");
  EXPECT_EQ(pow(a / b, c).text(), "(a/b)^c");
  EXPECT_EQ((Formula(0.5) * exp(a + b)).text(), "0.5 * exp(a + b)");
  EXPECT_EQ(select(a < b, b, a).text(), "max(b, a)");
  EXPECT_EQ(select(a < b, a, b).text(), "min(a, b)");
  EXPECT_EQ(select(a < b, c, b).text(), "if(a < b, c, b)");
}

TEST(Catalogue, ListsTheReportsClassesInTheOrderOfItsTables) {
  std::vector<std::string_view> pk, pd;
  for (const ModelInfo& m : pk_models()) pk.push_back(m.about.id);
  for (const ModelInfo& m : pd_models()) pd.push_back(m.about.id);
  ASSERT_GE(pk.size(), 10u);
  ASSERT_GE(pd.size(), 10u);
  pk.resize(10);
  pd.resize(10);
  EXPECT_THAT(pk, ElementsAre("pk_1c_iv", "pk_1c_oral", "pk_1c_oral_lag", "pk_1c_iv_mm", "pk_2c_iv",
                              "pk_2c_iv_infusion", "pk_2c_oral", "pk_1c_transit_abs", "pk_3c_iv",
                              "pk_1c_oral_flipflop"));
  EXPECT_THAT(pd,
              ElementsAre("pd_direct_linear", "pd_direct_emax", "pd_direct_sigmoid", "pd_direct_inhib_emax",
                          "pd_effect_comp_emax", "pd_indirect_inhib_kin", "pd_indirect_stim_kin",
                          "pd_indirect_inhib_kout", "pd_indirect_stim_kout", "pd_transit_delay"));
}

TEST(Catalogue, FindsClassesAndParametersByName) {
  const ModelInfo* oral = find_model("pk_2c_oral");
  ASSERT_NE(oral, nullptr);
  EXPECT_EQ(oral->role, Role::pk);
  EXPECT_EQ(oral->parameters[static_cast<std::size_t>(parameter_index(*oral, "Vp"))].symbol, "Vp");
  EXPECT_EQ(parameter_index(*oral, "Tlag"), -1);
  EXPECT_EQ(find_model("pk_4c_oral"), nullptr);
}

TEST(Catalogue, PrintsTheEquationsThatAreSolved) {
  EXPECT_THAT(
      find_model("pk_1c_oral_lag")->equations,
      ElementsAre("d gut/dt = -ka * gut", "d central/dt = ka * gut - CL/V * central", "C = central/V"));
  EXPECT_EQ(find_model("pk_1c_oral_lag")->input, "a dose at t enters gut at t + Tlag");
  EXPECT_THAT(find_model("pd_direct_linear")->equations, ElementsAre("R = max(0, R0 + SLOPE * C)"));
  EXPECT_THAT(find_model("pd_indirect_inhib_kin")->equations,
              ElementsAre("d response/dt = R0 * kout * (1 - Imax * C/(IC50 + C)) - kout * response, "
                          "response(0) = R0",
                          "R = response"));
}

TEST(Catalogue, KnowsHowDosesEnter) {
  for (const ModelInfo& m : pk_models()) {
    const std::string id(m.about.id);
    EXPECT_EQ(m.has_lag, id == "pk_1c_oral_lag") << id;
    EXPECT_EQ(m.has_infusion, id == "pk_2c_iv_infusion") << id;
    EXPECT_EQ(m.extravascular, id.find("oral") != id.npos || id.find("transit") != id.npos) << id;
  }
}

TEST(Catalogue, HoldsOnlyTheInhibitionOfProductionFixedInTheReport) {
  std::set<std::string> fixed;
  for (auto models : {pk_models(), pd_models()})
    for (const ModelInfo& m : models)
      for (const Parameter& p : m.parameters)
        if (p.is_fixed_in_report()) fixed.insert(std::string(m.about.id) + "." + std::string(p.symbol));
  EXPECT_THAT(fixed, ElementsAre("pd_indirect_inhib_kin.Imax"));
}

}  // namespace
}  // namespace qdose
