#include "qdose/stage2_population/population_density.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>
#include <numbers>

#include "tests/support/small_trials.hpp"

namespace qdose {
namespace {

using testing::simulate_small_trial;
using testing::TrialRecipe;

std::shared_ptr<const PopulationProblem> problem_for(const Trial& trial, const TrialRecipe& recipe,
                                                     const char* omega = "diagonal") {
  FitSettings settings;
  settings.omega = omega;
  auto problem = make_problem(trial, recipe.pk_id, recipe.pd_id, settings, {{"Tlag", {0.5, 0.3}}});
  EXPECT_TRUE(problem) << (problem ? "" : describe(problem.errors()));
  return *problem;
}

/// A place with every coordinate different from its neighbours'.
std::vector<double> somewhere(const PopulationProblem& problem, std::uint64_t item) {
  Stream random(3, Purpose::property_test, item);
  std::vector<double> x(problem.layout.dimension);
  const auto put = [&](std::ptrdiff_t place, const Normal& prior) {
    if (place != absent) x[static_cast<std::size_t>(place)] = prior.mean + 0.3 * prior.sd * random.normal();
  };
  const Layout& layout = problem.layout;
  const PopulationPriors& priors = problem.structure.priors;
  for (std::size_t p = 0; p < layout.typical.size(); ++p) {
    put(layout.typical[p], priors.typical[p]);
    put(layout.log_omega[p], priors.log_omega[p]);
    for (const auto& row : layout.individual) put(row[p], priors.typical[p]);
  }
  for (std::size_t e = 0; e < layout.beta.size(); ++e)
    put(static_cast<std::ptrdiff_t>(layout.beta[e]), priors.beta[e]);
  for (std::size_t place : layout.correlation) x[place] = 0.4 * random.normal();
  put(layout.log_pk_proportional, priors.log_pk_proportional);
  put(layout.log_pk_additive, priors.log_pk_additive);
  put(layout.log_pd_proportional, priors.log_pd_proportional);
  put(layout.log_pd_additive, priors.log_pd_additive);
  return x;
}

/// Draws that make the learnt weights anything between 0 and 1.
std::vector<std::vector<double>> window(const PopulationProblem& problem) {
  std::vector<std::vector<double>> draws;
  for (std::uint64_t i = 0; i < 20; ++i) draws.push_back(somewhere(problem, 100 + i));
  return draws;
}

/// With panels cut at a lag or a duration, differences by it show the panels' error, which changes with every
/// cut; the derivative is that of the curve itself. It is judged where there are no panels (a direct
/// response), and beside the reference solver in tests/conformance/accuracy_pd_test.cpp.
bool moves_panels(const std::string& coordinate, const TrialRecipe& recipe) {
  const bool panels = recipe.pd_id.find("_direct_") == std::string::npos;
  return panels &&
         (coordinate.find("Tlag") != std::string::npos || coordinate.find("_tau") != std::string::npos);
}

/// A problem's own case for the gradient: class pair and omega.
struct GradientCase {
  const char *pk_id, *pd_id, *omega;
};

TEST(PopulationDensity, GradientEqualsDifferences) {
  for (const auto& [pk_id, pd_id, omega] : {GradientCase{"pk_2c_oral", "pd_indirect_inhib_kin", "diagonal"},
                                            {"pk_1c_iv_mm", "pd_direct_sigmoid", "diagonal"},
                                            {"pk_1c_oral_lag", "pd_effect_comp_emax", "diagonal"},
                                            {"pk_1c_oral_lag", "pd_direct_emax", "diagonal"},
                                            {"pk_2c_iv_infusion", "pd_transit_delay", "diagonal"},
                                            {"pk_2c_iv_infusion", "pd_direct_sigmoid", "diagonal"},
                                            {"pk_3c_iv", "pd_indirect_stim_kout", "diagonal"},
                                            {"pk_1c_oral", "pd_indirect_inhib_kin", "full"},
                                            {"pk_2c_iv", "pd_direct_emax", "full"}}) {
    TrialRecipe recipe;
    recipe.pk_id = pk_id;
    recipe.pd_id = pd_id;
    const Trial trial = simulate_small_trial(recipe);
    PopulationDensity density(problem_for(trial, recipe, omega));
    EXPECT_EQ(density.problem().layout.correlation.empty(), omega == std::string("diagonal"));
    ASSERT_TRUE(density.learn_coordinates(window(density.problem())));
    std::vector<double> x = somewhere(density.problem(), 7), g(x.size()), unused(x.size());
    ASSERT_TRUE(std::isfinite(density.log_density(x, g))) << pk_id;
    const auto names = coordinate_names(density.problem().layout, density.problem().structure.model, trial);
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (moves_panels(names[i], recipe)) continue;
      constexpr double h = 1e-5;
      const double here = x[i];
      x[i] = here + h;
      const double above = density.log_density(x, unused);
      x[i] = here - h;
      const double below = density.log_density(x, unused);
      x[i] = here;
      const double rounding = 1e-15 * std::abs(above) / h;
      EXPECT_NEAR((above - below) / (2 * h), g[i], 2e-5 * (1 + std::abs(g[i])) + rounding)
          << pk_id << " " << names[i];
    }
  }
}

/// What a full omega adds to the posterior of independent random effects, written down plainly: normal
/// densities with and without correlation, and the prior.
double plain_correlation_term(const PopulationProblem& problem, const Trial& trial,
                              std::span<const double> reported) {
  const auto& model = problem.structure.model;
  const Layout& layout = problem.layout;
  const auto order = static_cast<Eigen::Index>(model.parameters.size());  // all of them vary
  const auto y = reported.subspan(layout.correlation.front(), layout.correlation.size());
  const Eigen::MatrixXd root = correlation_root(y, order), r = root * root.transpose();
  std::vector<double> unused(y.size());
  double total = lkj_log_density(y, order, 2, unused);
  for (std::size_t s = 0; s < trial.subjects.size(); ++s) {
    std::vector<Eigen::Index> effects;
    std::vector<double> u;
    for (std::size_t p = 0; p < model.parameters.size(); ++p) {
      if (layout.individual[s][p] == absent) continue;
      double mean = reported[static_cast<std::size_t>(layout.typical[p])];
      for (std::size_t e = 0; e < model.effects.size(); ++e)
        if (model.effects[e].parameter == p)
          mean +=
              reported[layout.beta[e]] * effect_input(model, model.effects[e], trial.subjects[s].covariates);
      effects.push_back(static_cast<Eigen::Index>(p));
      u.push_back((reported[static_cast<std::size_t>(layout.individual[s][p])] - mean) /
                  std::exp(reported[static_cast<std::size_t>(layout.log_omega[p])]));
    }
    const Eigen::MatrixXd own = r(effects, effects);
    const Eigen::Map<const Eigen::VectorXd> score(u.data(), static_cast<Eigen::Index>(u.size()));
    total -= 0.5 * (score.dot(own.inverse() * score) - score.squaredNorm() + std::log(own.determinant()));
  }
  return total;
}

/// The posterior written down plainly: one subject, one observation at a time.
double plain_log_density(const PopulationProblem& problem, const Trial& trial,
                         std::span<const double> reported) {
  const auto& model = problem.structure.model;
  const auto& priors = problem.structure.priors;
  const Layout& layout = problem.layout;
  const auto value = [&](std::ptrdiff_t place) { return reported[static_cast<std::size_t>(place)]; };
  double total = 0;
  const auto normal = [&](double x, const Normal& p) {
    total -= 0.5 * (x - p.mean) * (x - p.mean) / (p.sd * p.sd);
  };
  for (std::size_t p = 0; p < model.parameters.size(); ++p) {
    normal(value(layout.typical[p]), priors.typical[p]);
    normal(value(layout.log_omega[p]), priors.log_omega[p]);
  }
  for (std::size_t e = 0; e < model.effects.size(); ++e) normal(reported[layout.beta[e]], priors.beta[e]);
  normal(value(layout.log_pk_proportional), priors.log_pk_proportional);
  normal(value(layout.log_pk_additive), priors.log_pk_additive);
  normal(value(layout.log_pd_proportional), priors.log_pd_proportional);
  normal(value(layout.log_pd_additive), priors.log_pd_additive);
  for (std::size_t s = 0; s < trial.subjects.size(); ++s) {
    const Subject& subject = trial.subjects[s];
    std::vector<Lanes> natural;
    std::size_t pk_count = 0;
    for (std::size_t p = 0; p < model.parameters.size(); ++p) {
      double phi = value(layout.typical[p]);
      for (std::size_t e = 0; e < model.effects.size(); ++e)
        if (model.effects[e].parameter == p)
          phi += reported[layout.beta[e]] * effect_input(model, model.effects[e], subject.covariates);
      if (layout.individual[s][p] != absent) {
        const double z = (value(layout.individual[s][p]) - phi) / std::exp(value(layout.log_omega[p]));
        total -= 0.5 * z * z + value(layout.log_omega[p]);
        phi = value(layout.individual[s][p]);
      }
      natural.push_back(all_lanes(to_natural(model.parameters[p].scale, phi)));
      pk_count += model.parameters[p].is_pk;
    }
    const std::vector<Schedule> schedule{schedule_of(subject)};
    std::vector<Schedule> all;
    for (const Subject& other : trial.subjects) all.push_back(schedule_of(other));
    const BatchPlan plan = make_plan(schedule, resolution_for(all, model.pk_class));
    Workspace workspace;
    std::vector<Lanes> c(plan.pk.points.size()), r(plan.pd.responses.size());
    problem.pk->concentrations(plan.pk, natural.data(), workspace, c.data());
    problem.pd->responses(plan.pd, natural.data() + pk_count, c.data(), workspace, r.data());
    const auto observe = [&](double y, double f, std::ptrdiff_t a, std::ptrdiff_t b) {
      const double v = std::pow(std::exp(value(a)) * f, 2) + std::exp(2 * value(b));
      total -= 0.5 * (std::log(2 * std::numbers::pi * v) + (y - f) * (y - f) / v);
    };
    for (std::size_t k = 0; k < subject.concentrations.size(); ++k)
      observe(subject.concentrations[k].value, c[k][0], layout.log_pk_proportional, layout.log_pk_additive);
    for (std::size_t k = 0; k < subject.responses.size(); ++k)
      observe(subject.responses[k].value, r[k][0], layout.log_pd_proportional, layout.log_pd_additive);
  }
  return total;
}

TEST(PopulationDensity, EqualsThePosteriorWrittenDownPlainly) {
  TrialRecipe recipe;
  recipe.pk_id = "pk_2c_oral";
  const Trial trial = simulate_small_trial(recipe);
  for (const char* omega : {"diagonal", "full"}) {
    PopulationDensity density(problem_for(trial, recipe, omega));
    std::vector<double> g(density.dimension());
    for (std::uint64_t item : {1, 2, 3}) {
      const std::vector<double> x = somewhere(density.problem(), item);  // fully centred: sampled = reported
      const double value = density.log_density(x, g);
      double plain = plain_log_density(density.problem(), trial, x);
      if (omega == std::string("full")) plain += plain_correlation_term(density.problem(), trial, x);
      EXPECT_NEAR(value, plain, 1e-8 * std::abs(value)) << omega;
    }
  }
}

TEST(PopulationDensity, IsNotFiniteWhereTheCorrelationIsSingular) {
  TrialRecipe recipe;
  const Trial trial = simulate_small_trial(recipe);
  PopulationDensity density(problem_for(trial, recipe, "full"));
  std::vector<double> x = somewhere(density.problem(), 4), g(x.size());
  EXPECT_TRUE(std::isfinite(density.log_density(x, g)));
  x[density.problem().layout.correlation.front()] = 60;
  EXPECT_FALSE(std::isfinite(density.log_density(x, g)));
}

TEST(PopulationDensity, CoordinatesGoThereAndBack) {
  TrialRecipe recipe;
  const Trial trial = simulate_small_trial(recipe);
  PopulationDensity density(problem_for(trial, recipe, "full"));
  std::vector<double> g(density.dimension());
  const std::vector<double> reported = somewhere(density.problem(), 5);
  const double centred = density.log_density(reported, g);
  double log_jacobian = 0;
  ASSERT_TRUE(density.learn_coordinates(window(density.problem())));
  std::vector<double> x(reported.size()), back(reported.size()), nudged(reported.size());
  density.from_reported(reported, x);
  density.to_reported(x, back);
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_NEAR(back[i], reported[i], 1e-12 * (1 + std::abs(reported[i])));
    std::vector<double> moved = x;
    moved[i] += 1e-6;
    density.to_reported(moved, nudged);
    log_jacobian += std::log((nudged[i] - back[i]) / 1e-6);  // triangular: the diagonal is the determinant
  }
  EXPECT_NEAR(density.log_density(x, g), centred + log_jacobian, 1e-4);
  EXPECT_GT(std::abs(log_jacobian), 1.0);
}

TEST(PopulationDensity, SamplesOnlyWhatTouchesASubjectsData) {
  TrialRecipe recipe;
  recipe.pk_id = "pk_2c_oral";
  Trial trial = simulate_small_trial(recipe);
  trial.subjects[0].responses.clear();
  trial.subjects[1].concentrations.clear();
  trial.subjects[2].concentrations.clear();
  trial.subjects[2].responses.clear();
  const auto problem = problem_for(trial, recipe);
  const auto& parameters = problem->structure.model.parameters;
  const auto touched = [&](std::size_t s, std::size_t p) {
    return problem->layout.individual[s][p] != absent;
  };
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    EXPECT_EQ(touched(0, p), parameters[p].is_pk) << parameters[p].name;
    EXPECT_TRUE(touched(1, p)) << parameters[p].name;
    EXPECT_FALSE(touched(2, p)) << parameters[p].name;
    EXPECT_EQ(touched(13, p), parameters[p].name == "R0") << parameters[p].name;  // placebo
  }
  EXPECT_EQ(problem->layout.arrow().dimension(), problem->layout.dimension);
}

TEST(PopulationDensity, ExtremePlacesFailWithAValue) {
  TrialRecipe recipe;
  PopulationDensity density(problem_for(simulate_small_trial(recipe), recipe));
  std::vector<double> g(density.dimension());
  for (double far : {1e3, -1e3, std::nan("")})
    for (std::size_t i : {std::size_t{0}, density.dimension() - 1}) {
      std::vector<double> x = somewhere(density.problem(), 9);
      x[i] = far;
      EXPECT_FALSE(density.log_density(x, g) > -1e6) << far;
    }
}

TEST(ResidualError, EqualsTheNormalDensityForVariancesOfAnySize) {
  for (double size : {1e-130, 1e-30, 1.0, 1e30, 1e120}) {
    Observed observed;
    std::vector<Lanes> f(9), adjoint(9);
    const ErrorModel error{0.2, 0.1 * size};
    double expected = 0;
    Stream random(6, Purpose::property_test, 1);
    for (std::size_t k = 0; k < f.size(); ++k) {
      observed.count.push_back(all_lanes(k == 4 ? 3.0 : 1.0));
      observed.mean.emplace_back();
      observed.spread.push_back(all_lanes(k == 4 ? 0.02 * size * size : 0.0));
      for (std::size_t l = 0; l < lanes; ++l) {
        f[k][l] = size * random.uniform(0.5, 2);
        observed.mean[k][l] = f[k][l] + 0.3 * size * random.normal();
        const double v = 0.04 * f[k][l] * f[k][l] + 0.01 * size * size, e = observed.mean[k][l] - f[k][l];
        const double n = observed.count[k][l];
        expected -= 0.5 * (n * std::log(2 * std::numbers::pi * v) + (n * e * e + observed.spread[k][l]) / v);
      }
    }
    observed.repeated = true;
    EXPECT_NEAR(residual_likelihood(observed, error, f, adjoint).log_likelihood / expected, 1, 1e-11) << size;
  }
}

TEST(Structure, NamesEffectsAndKnowsBodyWeight) {
  TrialRecipe recipe;
  Trial trial = simulate_small_trial(recipe);
  trial.covariates.push_back({"ARM", CovariateKind::categorical, 1, 1, 3});
  for (std::size_t s = 0; s < trial.subjects.size(); ++s)
    trial.subjects[s].covariates.push_back(1 + static_cast<double>(s % 3));
  const auto structure = make_structure(trial, recipe.pk_id, recipe.pd_id, {}, {{"CL", {2.0, 0.4}}});
  ASSERT_TRUE(structure);
  const auto effect = [&](const std::string& name) {
    for (std::size_t e = 0; e < structure->model.effects.size(); ++e)
      if (structure->model.effects[e].name == name) return structure->priors.beta[e].mean;
    return std::nan("");
  };
  EXPECT_EQ(effect("BW_on_CL"), 0.75);
  EXPECT_EQ(effect("BW_on_V"), 1.0);
  EXPECT_EQ(effect("BW_on_IC50"), 0.0);
  EXPECT_EQ(effect("COMED_on_R0"), 0.0);
  EXPECT_EQ(effect("ARM2_on_CL"), 0.0);
  EXPECT_EQ(effect("ARM3_on_CL"), 0.0);
  EXPECT_TRUE(std::isnan(effect("ARM1_on_CL")));
  EXPECT_DOUBLE_EQ(structure->priors.typical[0].mean, std::log(2.0));
  EXPECT_EQ(structure->priors.typical[0].sd, 0.4);
  EXPECT_FALSE(make_structure(trial, "pd_direct_linear", recipe.pd_id, {}, {}));
  EXPECT_FALSE(make_structure(trial, recipe.pk_id, "pd_nothing", {}, {}));
}

TEST(Structure, HeldConstantsAreNotSampled) {
  TrialRecipe recipe;
  const Trial trial = simulate_small_trial(recipe);
  FitSettings settings;
  settings.free_constants = false;
  const auto problem = make_problem(trial, recipe.pk_id, recipe.pd_id, settings, {});
  ASSERT_TRUE(problem);
  PopulationDensity density(*problem);
  const auto x = somewhere(**problem, 4);
  std::vector<double> g(x.size());
  EXPECT_TRUE(std::isfinite(density.log_density(x, g)));
  for (const std::string& name : coordinate_names((*problem)->layout, (*problem)->structure.model, trial))
    EXPECT_EQ(name.find("Imax"), std::string::npos);
}

}  // namespace
}  // namespace qdose
