#include "qdose/report/parameter_groups.hpp"

#include <algorithm>

namespace qdose {
namespace {

enum Kind { typical, effect, between, residual, other, kinds };

Kind kind_of(const PopulationModel& model, const std::string& name) {
  const auto named = [&](const auto& item) { return item.name == name; };
  if (std::any_of(model.parameters.begin(), model.parameters.end(), named)) return typical;
  if (std::any_of(model.effects.begin(), model.effects.end(), named)) return effect;
  if (name.starts_with("omega") || name.starts_with("corr_")) return between;
  if (name.starts_with("sigma")) return residual;
  return other;
}

}  // namespace

std::vector<ParameterGroup> parameter_groups(const Fit& fit) {
  std::vector<ParameterGroup> groups(kinds);
  groups[typical] = {"Typical values", "For a subject with the reference covariates.", {}};
  groups[effect] = {"Covariate effects",
                    "On the parameter's unbounded scale: exponent of (covariate / reference) for a "
                    "continuous covariate, shift "
                    "for a categorical one. 0 is no effect.",
                    {}};
  groups[between] = {
      "Between-subject variability",
      "Standard deviation on the parameter's unbounded scale; about the coefficient of variation when small.",
      {}};
  groups[residual] = {
      "Residual error", "Proportional parts are shares of the value, additive parts are in its unit.", {}};
  groups[other] = {"Derived quantities", "Computed from those above.", {}};
  for (const ParameterSummary& p : fit.parameters) groups[kind_of(fit.model, p.name)].members.push_back(&p);
  std::erase_if(groups, [](const ParameterGroup& group) { return group.members.empty(); });
  return groups;
}

std::string unit_of(const PopulationModel& model, const std::string& name) {
  for (const PopulationParameter& parameter : model.parameters)
    if (parameter.name == name) return parameter.unit;
  return "";
}

}  // namespace qdose
