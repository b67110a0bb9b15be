#include "qdose/dosing/assumptions.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace qdose {
namespace {

/// CL and V with weight effects 0.5 and 0.8, studied from 50 to 100 kg.
Fit two_parameters() {
  Fit fit;
  fit.model.parameters = {{"CL", "L/h", Scale::log, true, false, 0, true},
                          {"V", "L", Scale::log, true, false, 0, true}};
  fit.model.covariates = {{"WT", false, 70, 50, 100, {}}};
  fit.model.effects = {{0, 0, 0, "WT_on_CL"}, {0, 1, 0, "WT_on_V"}};
  PopulationDraw draw;
  draw.typical = {std::log(2.0), std::log(30.0)}, draw.omega = {0.3, 0.2}, draw.beta = {0.5, 0.8};
  fit.draws = {draw};
  return fit;
}

std::vector<double> person(const Fit& fit, const PersonRule& rule, double weight, std::uint64_t item = 1) {
  Stream stream(5, Purpose::property_test, item);
  return draw_person(fit.model, fit.draws[0], rule, std::vector<double>{weight}, stream);
}

TEST(Assumptions, WeightBeyondTheTrialFollowsTheRule) {
  const Fit fit = two_parameters();
  const PersonRule fitted{}, flat{.beyond = PersonRule::Beyond::flat},
      allometric{.beyond = PersonRule::Beyond::allometric};
  for (std::size_t p = 0; p < 2; ++p) {
    const double beta = p == 0 ? 0.5 : 0.8, theory = p == 0 ? 0.75 : 1;
    EXPECT_NEAR(person(fit, fitted, 140)[p] / person(fit, fitted, 100)[p], std::pow(1.4, beta), 1e-12);
    EXPECT_NEAR(person(fit, flat, 140)[p] / person(fit, fitted, 100)[p], 1, 1e-12);
    EXPECT_NEAR(person(fit, allometric, 140)[p] / person(fit, fitted, 100)[p], std::pow(1.4, theory), 1e-12);
    for (const PersonRule& rule : {flat, allometric})
      EXPECT_EQ(person(fit, rule, 80)[p], person(fit, fitted, 80)[p]);  // nothing changes inside
  }
}

/// A full omega of the fit reaches every virtual person, whatever the rule does to it.
TEST(Assumptions, PeopleAreCorrelatedAsTheDrawIs) {
  Fit fit = two_parameters();
  fit.model.correlated = true;
  fit.draws[0].correlation = {0.6};
  double square = 0, product = 0;
  const std::uint64_t count = 20000;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto x = person(fit, {.spread = 1.2}, 70, i);
    const double a = std::log(x[0] / 2) / 0.3, b = std::log(x[1] / 30) / 0.2;
    square += b * b / count, product += a * b / count;
  }
  EXPECT_NEAR(square, 1.44, 0.05);
  EXPECT_NEAR(product, 0.6 * 1.44, 0.05);
  for (const PersonRule& rule : alternative_rules(fit)) EXPECT_TRUE(rule.root.empty()) << rule.words;
}

TEST(Assumptions, SpreadTailsAndCorrelationAreThoseAskedFor) {
  const Fit fit = two_parameters();
  const PersonRule rules[] = {{.spread = 1.2}, {.heavy_tails = true}, {.root = {{1, 0}, {0.6, 0.8}}}};
  for (std::size_t k = 0; k < 3; ++k) {
    double square = 0, product = 0, far = 0;
    const std::uint64_t count = 20000;
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto x = person(fit, rules[k], 70, i);
      const double a = std::log(x[0] / 2) / 0.3, b = std::log(x[1] / 30) / 0.2;
      square += a * a / count, product += a * b / count, far += (std::abs(a) > 3) / double(count);
    }
    EXPECT_NEAR(square, k == 0 ? 1.44 : 1, k == 1 ? 0.1 : 0.04);
    EXPECT_NEAR(product, k == 2 ? 0.6 : 0, 0.04);
    if (k == 1) {
      EXPECT_GT(far, 0.006);  // 0.0027 with normal tails
    }
  }
}

TEST(Assumptions, AreThoseThatTheFitAllows) {
  Fit fit = two_parameters();
  std::vector<std::string> words;
  for (int i = 0; i < 30; ++i) {  // estimates whose random effects go together
    const double z = i / 15.0 - 1, e = 0.2 * std::sin(7.0 * i);
    fit.individuals.push_back({"",
                               {70},
                               {std::log(2.0) + 0.3 * z, std::log(30.0) + 0.2 * (z + e)},
                               {},
                               {0.3 * z, 0.2 * (z + e)},
                               {0.9, 0.9}});
  }
  for (const PersonRule& rule : alternative_rules(fit)) {
    words.push_back(rule.words);
    if (!rule.root.empty()) {
      EXPECT_GT(rule.root[1][0], 0.8);
    }
  }
  EXPECT_EQ(words.size(), 5u);
  fit.model.covariates[0].name = "AGE";
  fit.individuals.clear();
  EXPECT_EQ(alternative_rules(fit).size(), 2u);
}

}  // namespace
}  // namespace qdose
