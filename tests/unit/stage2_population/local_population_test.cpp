#include "qdose/stage2_population/local_population.hpp"

#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <cmath>
#include <map>

#include "qdose/stage2_population/choose_structure.hpp"
#include "qdose/stage2_population/starts.hpp"
#include "tests/support/small_trials.hpp"

namespace qdose {
namespace {

/// One parameter, one covariate effect.
PopulationStructure small_structure() {
  PopulationStructure structure;
  structure.model.parameters = {{"CL", "L/h", Scale::log, true, false, 0, true}};
  structure.model.covariates = {{"X", false, 1, 0.5, 2, {}}};
  structure.model.effects = {{0, 0, 0, "X_on_CL"}};
  structure.priors.typical = {{0.5, 0.8}};
  structure.priors.beta = {{0.3, 0.6}};
  structure.priors.log_omega = {{std::log(0.3), 0.7}};
  return structure;
}

struct Point1 {
  double value, precision, input;
};
const std::vector<Point1> points{{0.2, 30, -0.4}, {0.9, 12, 0.1}, {1.4, 50, 0.7}};

LocalPopulation small_population(const PopulationStructure& structure) {
  std::vector<LocalSubject> subjects;
  for (const Point1& p : points)
    subjects.push_back(local_subject({0}, Eigen::MatrixXd::Constant(1, 1, p.precision),
                                     Eigen::VectorXd::Zero(1), Eigen::VectorXd::Constant(1, p.value),
                                     {p.input}));
  return LocalPopulation(structure, std::move(subjects));
}

/// The evidence by summing over a grid of (typical, beta); individuals integrated by hand: value ~ N(m,
/// 1/precision + omega^2).
double evidence_by_grid(const PopulationStructure& structure, double omega, bool with_effect) {
  double sum = 0;
  constexpr double h = 0.02, width = 6;
  const auto normal = [](double x, double variance) {
    return std::exp(-0.5 * x * x / variance) / std::sqrt(variance);
  };
  for (double a = -width; a <= width; a += h)
    for (double b = with_effect ? -width : 0; b <= (with_effect ? width : 0); b += h) {
      double term = normal(a - structure.priors.typical[0].mean, std::pow(structure.priors.typical[0].sd, 2));
      if (with_effect)
        term *= normal(b - structure.priors.beta[0].mean, std::pow(structure.priors.beta[0].sd, 2)) * h /
                std::sqrt(2 * M_PI);
      for (const Point1& p : points)
        term *= normal(p.value - a - b * p.input, 1 / p.precision + omega * omega);
      sum += term;
    }
  return std::log(sum);
}

TEST(LocalPopulation, EvidenceEqualsTheSumOverAGrid) {
  const PopulationStructure structure = small_structure();
  const LocalPopulation population = small_population(structure);
  const auto difference = [&](double omega, bool effect) {
    return population.log_evidence({{omega}, {effect}}) - population.log_evidence({{0.3}, {true}});
  };
  const double reference = evidence_by_grid(structure, 0.3, true);
  for (const auto& [omega, effect] : {std::pair{0.1, true}, {0.0, true}, {0.5, false}, {0.0, false}})
    EXPECT_NEAR(difference(omega, effect), evidence_by_grid(structure, omega, effect) - reference, 1e-6)
        << omega << effect;
}

TEST(LocalPopulation, HeadIsThatOfAWeightedRegressionWithPriors) {
  const PopulationStructure structure = small_structure();
  const auto head = small_population(structure).head({{0.3}, {true}});
  Eigen::Matrix2d precision = Eigen::Vector2d(1 / 0.64, 1 / 0.36).asDiagonal();
  Eigen::Vector2d linear(0.5 / 0.64, 0.3 / 0.36);
  for (const Point1& p : points) {
    const Eigen::Vector2d row(1, p.input);
    const double weight = 1 / (1 / p.precision + 0.09);
    precision += weight * row * row.transpose();
    linear += weight * p.value * row;
  }
  EXPECT_LT((head.mean - precision.ldlt().solve(linear)).norm(), 1e-10);
  EXPECT_LT((head.covariance * precision - Eigen::Matrix2d::Identity()).norm(), 1e-10);
}

TEST(ChooseStructure, KeepsWhatVariesAndLeavesOutWhatDoesNot) {
  testing::TrialRecipe recipe;
  recipe.typical = {{"CL", 0.2},    {"V", 4},      {"ka", 0.8},   {"R0", 10},
                    {"kout", 0.05}, {"IC50", 0.5}, {"Imax", 0.85}};
  recipe.omega = {{"CL", 0.35}, {"V", 0.3}, {"ka", 0}, {"R0", 0.3}, {"kout", 0}, {"IC50", 0}, {"Imax", 0}};
  recipe.dosed = 24;
  recipe.weight_on_clearance = 1.2;
  recipe.comedication_on_baseline = -0.6;
  const Trial trial = testing::simulate_small_trial(recipe);
  const auto problem = make_problem(trial, recipe.pk_id, recipe.pd_id, {},
                                    {{"CL", {0.3, 1}},
                                     {"V", {3, 1}},
                                     {"ka", {1, 1}},
                                     {"IC50", {1, 1}},
                                     {"R0", {8, 1}},
                                     {"kout", {0.03, 1}}});
  ASSERT_TRUE(problem);
  const auto pilot = explore(PopulationDensity(*problem), 2, 1, 2);
  ASSERT_TRUE(pilot);
  const StructureChoice choice = choose_structure(*pilot, 0.25);
  std::map<std::string, VariabilityChoice> variability;
  for (const VariabilityChoice& v : choice.variabilities) variability[v.parameter] = v;
  for (const char* name : {"CL", "V", "R0"}) EXPECT_TRUE(variability[name].kept) << name;
  for (const char* name : {"kout", "ka"})
    EXPECT_FALSE(variability[name].kept) << name << variability[name].probability;
  EXPECT_NEAR(variability["CL"].omega, 0.35, 0.2);
  for (const EffectChoice& e : choice.effects) {
    if (e.name != "BW_on_CL" && e.name != "COMED_on_R0") continue;
    EXPECT_GT(e.probability, 0.9) << e.name;
  }
  const PopulationStructure rest = reduced((*problem)->structure, choice.inclusion);
  EXPECT_LT(rest.model.effects.size(), (*problem)->structure.model.effects.size());
  EXPECT_EQ(rest.model.effects.size(), rest.priors.beta.size());
  const StructureChoice all = keep_all(*pilot);
  for (const VariabilityChoice& v : all.variabilities) EXPECT_TRUE(v.kept);
}

}  // namespace
}  // namespace qdose
