// Small simulated trials with known truth, for tests of the population fit.
#pragma once
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/data/trial.hpp"
#include "qdose/models/catalogue.hpp"
#include "qdose/results/population_model.hpp"
#include "qdose/simulate/plan.hpp"

namespace qdose::testing {

/// What a trial is made from. Values by symbol on the natural scale; parameters that are not named are taken
/// from the middle of the report's range. Omegas and betas on the unbounded scale.
struct TrialRecipe {
  std::string pk_id = "pk_1c_oral", pd_id = "pd_indirect_inhib_kin";
  std::map<std::string, double> typical, omega;
  double correlation = 0;  ///< of the random effects of each parameter with those of the one before
  double weight_on_clearance = 0.75, comedication_on_baseline = -0.2;
  int dosed = 12, placebo = 4, doses = 5;
  double interval = 24, amounts[2] = {2, 8};
  double pk_proportional = 0.1, pd_proportional = 0.08, pk_additive = 0, pd_additive = 0;
  std::vector<double> pk_times{1, 3, 8, 24, 72, 97, 104, 120, 168}, pd_times{0, 4, 24, 72, 97, 120, 168, 240};
  std::uint64_t seed = 1;
};

inline double recipe_value(const TrialRecipe& recipe, const Parameter& parameter) {
  if (const auto found = recipe.typical.find(std::string(parameter.symbol)); found != recipe.typical.end())
    return found->second;
  if (parameter.is_fixed_in_report()) return parameter.fixed;
  return std::sqrt(parameter.report.low * parameter.report.high);
}

/// Natural parameters of one subject: PK then PD.
inline std::vector<double> subject_parameters(const TrialRecipe& recipe, double weight, double comedication,
                                              Stream& random) {
  std::vector<double> values;
  double before = 0;  // the random effect of the parameter before
  for (const std::string& id : {recipe.pk_id, recipe.pd_id})
    for (const Parameter& parameter : find_model(id)->parameters) {
      const double own = random.normal();
      const double r = values.empty() ? 0.0 : recipe.correlation;
      const double eta = r * before + std::sqrt(1 - r * r) * own;
      before = eta;
      const double typical = recipe_value(recipe, parameter);
      if (typical == 1.0 && parameter.scale == Scale::logit) {
        values.push_back(1.0);
        continue;
      }
      double phi = to_unbounded(parameter.scale, typical);
      if (parameter.symbol == "CL") phi += recipe.weight_on_clearance * std::log(weight / 70);
      if (parameter.symbol == "R0") phi += recipe.comedication_on_baseline * comedication;
      const auto omega = recipe.omega.find(std::string(parameter.symbol));
      values.push_back(
          to_natural(parameter.scale, phi + eta * (omega == recipe.omega.end() ? 0.2 : omega->second)));
    }
  return values;
}

inline Subject simulate_subject(const TrialRecipe& recipe, int index) {
  Stream random(recipe.seed, Purpose::virtual_trial, static_cast<std::uint64_t>(index));
  Subject subject;
  subject.id = std::to_string(index + 1);
  const double weight = std::round(random.uniform(50, 100)), comedication = index % 2;
  subject.covariates = {weight, comedication};
  if (index < recipe.dosed)
    for (int d = 0; d < recipe.doses; ++d)
      subject.doses.push_back({d * recipe.interval, recipe.amounts[index / 2 % 2], 0});
  const std::vector<double> values = subject_parameters(recipe, weight, comedication, random);
  const std::size_t pk_count = find_model(recipe.pk_id)->parameters.size();
  std::vector<Lanes> p;
  for (double v : values) p.push_back(all_lanes(v));
  const std::vector<Schedule> schedule{{subject.doses, recipe.pk_times, recipe.pd_times}};
  const BatchPlan plan = make_plan(schedule, resolution_for(schedule, recipe.pk_id));
  Workspace workspace;
  std::vector<Lanes> c(plan.pk.points.size()), r(plan.pd.responses.size());
  pk_kernels(recipe.pk_id).concentrations(plan.pk, p.data(), workspace, c.data());
  pd_kernels(recipe.pd_id).responses(plan.pd, p.data() + pk_count, c.data(), workspace, r.data());
  if (!subject.doses.empty())
    for (std::size_t k = 0; k < recipe.pk_times.size(); ++k)
      subject.concentrations.push_back(
          {recipe.pk_times[k],
           c[k][0] * (1 + recipe.pk_proportional * random.normal()) + recipe.pk_additive * random.normal()});
  for (std::size_t k = 0; k < recipe.pd_times.size(); ++k)
    subject.responses.push_back(
        {recipe.pd_times[k],
         r[k][0] * (1 + recipe.pd_proportional * random.normal()) + recipe.pd_additive * random.normal()});
  return subject;
}

inline Trial simulate_small_trial(const TrialRecipe& recipe) {
  Trial trial;
  trial.name = "simulated";
  for (int i = 0; i < recipe.dosed + recipe.placebo; ++i)
    trial.subjects.push_back(simulate_subject(recipe, i));
  trial.covariates = {{"BW", CovariateKind::continuous, 70, 50, 100},
                      {"COMED", CovariateKind::categorical, 0, 0, 1}};
  trial.route = Route::extravascular;
  return trial;
}

}  // namespace qdose::testing
