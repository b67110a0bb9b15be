#include "qdose/stage2_population/role_data.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "qdose/stage2_population/laplace.hpp"
#include "qdose/stage2_population/residual_error.hpp"
#include "tests/support/small_trials.hpp"

namespace qdose {
namespace {

/// One dose, values until little is left; those below `limit` are flagged.
Trial with_limit(double limit) {
  testing::TrialRecipe recipe;
  recipe.pk_id = "pk_1c_oral";
  recipe.typical = {{"CL", 0.2}, {"V", 8}, {"ka", 0.5}};
  recipe.omega = {{"CL", 0.25}, {"V", 0.25}, {"ka", 0.25}};
  recipe.dosed = 24, recipe.placebo = 0, recipe.doses = 1;
  recipe.pk_times = {1, 2, 4, 8, 24, 48, 72, 96, 120, 168, 216};
  Trial trial = testing::simulate_small_trial(recipe);
  for (Subject& s : trial.subjects)
    for (Observation& o : s.concentrations)
      if (o.value < limit) o.value = 0, o.limit = limit, o.below_limit = true;
  return trial;
}

TEST(RoleData, AValueBelowItsLimitCountsByItsProbability) {
  const Trial trial = with_limit(0.03);
  auto batches = pk_batches(trial, "pk_1c_oral");
  const ModelInfo& model = *find_model("pk_1c_oral");
  std::vector<Lanes> x;
  for (const double p : {0.25, 7.0, 0.4}) x.push_back(all_lanes(std::log(p)));
  const Residual residual{0.1, 0.01};
  Workspace workspace;
  std::vector<Lanes> gradient(3), f;
  const Lanes value = log_likelihood(model, batches[0], x, residual, workspace, &gradient, &f);
  const ErrorModel error{0.1, 0.01};
  std::size_t censored = 0;
  for (std::size_t l = 0; l < lanes; ++l) {
    const auto& list = trial.subjects[batches[0].subject[l]].concentrations;
    double expected = 0;
    for (std::size_t k = 0; k < list.size(); ++k) {
      expected += log_density_of(error, f[k][l], list[k].value, list[k].below_limit, list[k].limit);
      censored += list[k].below_limit;
    }
    EXPECT_NEAR(value[l], expected, 1e-9 * std::abs(expected));
  }
  EXPECT_GT(censored, 4u);
  for (std::size_t i = 0; i < x.size(); ++i) {
    constexpr double step = 1e-5;
    auto up = x, down = x;
    for (std::size_t l = 0; l < lanes; ++l) up[i].v[l] += step, down[i].v[l] -= step;
    const Lanes above = log_likelihood(model, batches[0], up, residual, workspace, nullptr, nullptr);
    const Lanes below = log_likelihood(model, batches[0], down, residual, workspace, nullptr, nullptr);
    for (std::size_t l = 0; l < lanes; ++l)
      EXPECT_NEAR(gradient[i][l], (above[l] - below[l]) / (2 * step), 1e-5 * (1 + std::abs(gradient[i][l])));
  }
}

TEST(RoleData, ValuesUpToTheFirstDoseSayNothing) {
  Trial trial = with_limit(0);
  trial.subjects.resize(8);
  const auto before = pk_batches(trial, "pk_1c_oral");
  for (Subject& s : trial.subjects) s.concentrations.insert(s.concentrations.begin(), {0, 0.7});
  auto after = pk_batches(trial, "pk_1c_oral");
  EXPECT_EQ(after[0].present[0][0], 0);
  EXPECT_EQ(after[0].present[1][0], 1);
  EXPECT_EQ(before[0].present[0][0], 1);
}

TEST(RoleData, ZerosWithoutALimitAreNoData) {
  Trial trial = with_limit(0);
  for (Observation& o : trial.subjects[3].concentrations) o.value = 0;
  std::size_t subjects = 0;
  for (const RoleBatch& batch : pk_batches(trial, "pk_1c_oral")) subjects += batch.subject.size();
  EXPECT_EQ(subjects, trial.subjects.size() - 1);
  for (Subject& s : trial.subjects)
    for (Observation& o : s.concentrations) o.value = 0;
  EXPECT_TRUE(pk_batches(trial, "pk_1c_oral").empty());
}

/// Without the values below the limit, the last ones are too high on average and look like a second phase.
TEST(RoleData, ALimitDoesNotMakeASecondCompartment) {
  const Trial trial = with_limit(0.05);
  const LaplaceFit one = fit_pk_laplace(trial, "pk_1c_oral", {{0.3, 6, 1}, {0.1, 10, 0.3}}, {});
  const LaplaceFit two = fit_pk_laplace(
      trial, "pk_2c_oral", {{0.3, 5, 5, 0.3, 1}, {0.2, 7, 20, 0.1, 0.4}, {0.1, 8, 2, 1, 0.4}}, {});
  EXPECT_LT(one.bic, two.bic);
  EXPECT_NEAR(std::exp(one.typical[0]), 0.2, 0.04);
}

}  // namespace
}  // namespace qdose
