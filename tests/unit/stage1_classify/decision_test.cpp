#include "qdose/stage1_classify/decision.hpp"

#include <gtest/gtest.h>

namespace qdose {
namespace {

ClassFit fit(std::string model, double bic) {
  ClassFit f;
  f.model = std::move(model), f.bic = bic, f.probability = 0.5;
  return f;
}

/// The encoder says a: 0.6, b: 0.3, c: 0.1; the likelihood what is given.
ClassPosterior verdicts(std::vector<ClassFit> fits) {
  ClassPosterior p;
  p.model = "a";
  p.probabilities = {{"a", 0.6}, {"b", 0.3}, {"c", 0.1}};
  p.likelihood = std::move(fits);
  return p;
}

ClassPosterior decided(std::vector<ClassFit> fits, const std::string& wanted = "",
                       std::vector<std::string>* notes = nullptr) {
  ClassPosterior p = verdicts(std::move(fits));
  std::vector<std::string> own;
  decide_class(p, wanted, "PK", notes != nullptr ? *notes : own);
  return p;
}

TEST(DecideClass, AgreementNeedsNoWords) {
  std::vector<std::string> notes;
  const auto p = decided({fit("a", 100), fit("b", 101)}, "", &notes);
  EXPECT_EQ(p.model, "a");
  EXPECT_EQ(p.selected_by, "both");
  EXPECT_TRUE(notes.empty());
}

TEST(DecideClass, AHesitantEncoderGivesWayToALikelihoodThatDoesNotHesitate) {
  std::vector<std::string> notes;
  const auto p = decided({fit("b", 100), fit("a", 108)}, "", &notes);  // 2 ln(0.6/0.3) = 1.4
  EXPECT_EQ(p.model, "b");
  EXPECT_EQ(p.selected_by, "likelihood");
  EXPECT_EQ(p.encoder_model, "a");
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_NE(notes[0].find("by 8.0 in BIC"), std::string::npos) << notes[0];
}

TEST(DecideClass, AHesitantLikelihoodGivesWayToTheEncoder) {
  const auto p = decided({fit("b", 100), fit("a", 101)});
  EXPECT_EQ(p.model, "a");
  EXPECT_EQ(p.selected_by, "encoder");
}

TEST(DecideClass, TheSumMayPutAThirdClassFirst) {
  // c has the best likelihood but hardly a chance by the encoder, a the other way round.
  const auto p = decided({fit("c", 100), fit("b", 102), fit("a", 106)});
  EXPECT_EQ(p.model, "b");
}

TEST(DecideClass, AnEncoderThatIsSureIsOverruledByTenInBic) {
  ClassPosterior p = verdicts({fit("c", 100), fit("a", 109)});
  p.probabilities = {{"a", 1.0}, {"c", 0.0}};
  std::vector<std::string> notes;
  decide_class(p, "", "PD", notes);
  EXPECT_EQ(p.model, "a");
  p = verdicts({fit("c", 100), fit("a", 111)});
  p.probabilities = {{"a", 1.0}, {"c", 0.0}};
  decide_class(p, "", "PD", notes);
  EXPECT_EQ(p.model, "c");
}

TEST(DecideClass, AClassThatWasNotFittedCannotWin) {
  const auto p = decided({fit("c", 100), fit("b", 130)});
  EXPECT_EQ(p.model, "c");
}

TEST(DecideClass, BetweenNamesOfOneModelTheLikelihoodDecides) {
  ClassPosterior p = verdicts({fit("c", 100), fit("a", 101)});
  p.probabilities = {{"a", 0.9}, {"b", 0.1}, {"c", 1e-9}};
  p.same_model = {"c"}, p.joint_probability = 0.9;
  std::vector<std::string> notes;
  decide_class(p, "", "PK", notes);
  EXPECT_EQ(p.model, "c");
}

TEST(DecideClass, TheUserIsAlwaysRight) {
  const auto p = decided({fit("b", 100), fit("a", 150)}, "c");
  EXPECT_EQ(p.model, "c");
  EXPECT_EQ(p.selected_by, "user");
}

TEST(DecideClass, WithoutAnEncoderTheLikelihoodDecides) {
  ClassPosterior p;
  p.likelihood = {fit("b", 100), fit("a", 150)};
  std::vector<std::string> notes;
  decide_class(p, "", "PK", notes);
  EXPECT_EQ(p.model, "b");
  EXPECT_EQ(p.selected_by, "likelihood");
  EXPECT_EQ(p.probabilities.at("b"), 0.5);
}

}  // namespace
}  // namespace qdose
