#include "qdose/dosing/scenario_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "qdose/base/files.hpp"
#include "qdose/base/text.hpp"

namespace qdose {
namespace {

using Json = nlohmann::json;

Result<CovariateChange> read_change(const std::string& name, const Json& value, const PopulationModel& model,
                                    const std::string& place) {
  const auto found = std::ranges::find(model.covariates, name, &PopulationCovariate::name);
  if (found == model.covariates.end()) {
    std::vector<std::string> names;
    for (const PopulationCovariate& covariate : model.covariates) names.push_back(covariate.name);
    return Error{Fault::bad_usage, fmt::format("the trial has no covariate {}", in_quotes(name)), place,
                 suggestion(name, names)};
  }
  const auto covariate = static_cast<std::size_t>(found - model.covariates.begin());
  if (value.is_number()) return CovariateChange{covariate, value.get<double>(), value.get<double>()};
  if (value.is_array() && value.size() == 2 && value[0].is_number() && value[1].is_number() &&
      value[0] <= value[1])
    return CovariateChange{covariate, value[0].get<double>(), value[1].get<double>()};
  return Error{Fault::bad_usage, fmt::format("covariate {} needs a number or a range [low, high]", name),
               place, ""};
}

Result<Scenario> read_scenario(const Json& entry, const PopulationModel& model, double default_target,
                               const std::string& place) {
  Scenario scenario;
  scenario.name = entry.at("name").get<std::string>();
  scenario.description = entry.value("description", scenario.name);
  scenario.target = entry.value("target", default_target);
  Errors errors;
  if (!(scenario.target > 0 && scenario.target < 1))
    errors.push_back(
        {Fault::bad_usage, fmt::format("target of {} must lie between 0 and 1", scenario.name), place, ""});
  const Json covariates = entry.value("covariates", Json::object());
  for (const auto& [name, value] : covariates.items()) {
    const auto change = read_change(name, value, model, place);
    if (change)
      scenario.changes.push_back(*change);
    else
      errors.insert(errors.end(), change.errors().begin(), change.errors().end());
  }
  if (!errors.empty()) return errors;
  return scenario;
}

}  // namespace

Result<std::vector<Scenario>> load_scenarios(const std::string& path, const PopulationModel& model,
                                             double default_target) {
  const Result<std::string> text = read_file(path);
  if (!text) return text.errors();
  std::vector<Scenario> scenarios;
  Errors errors;
  try {
    const Json document = Json::parse(*text);
    if (!document.is_array() || document.empty())
      return Error{Fault::bad_usage, "the file must hold a list of scenarios", path,
                   R"([{"name": "heavy", "covariates": {"BW": [90, 150]}}])"};
    for (const Json& entry : document) {
      auto scenario = read_scenario(entry, model, default_target, path);
      if (scenario)
        scenarios.push_back(std::move(*scenario));
      else
        errors.insert(errors.end(), scenario.errors().begin(), scenario.errors().end());
    }
  } catch (const Json::exception& fault) {
    return Error{Fault::bad_usage, fault.what(), path,
                 R"([{"name": "heavy", "covariates": {"BW": [90, 150]}}])"};
  }
  if (!errors.empty()) return errors;
  return scenarios;
}

}  // namespace qdose
