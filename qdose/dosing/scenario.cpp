#include "qdose/dosing/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "qdose/base/text.hpp"

namespace qdose {
namespace {

constexpr std::array weight_names{"BW", "WT", "WEIGHT", "BWT", "WGT", "BODYWEIGHT", "BODY_WEIGHT", "WTKG"};
constexpr std::array comedication_names{"COMED",        "CONMED",        "CONMEDS",     "COMEDS",
                                        "COMEDICATION", "CO_MEDICATION", "CONCOMITANT", "COMEDFL"};

/// Position of the covariate that is called by one of these names.
template <std::size_t N>
std::optional<std::size_t> find(const PopulationModel& model, const std::array<const char*, N>& names) {
  for (std::size_t c = 0; c < model.covariates.size(); ++c)
    if (std::ranges::count(names, upper_case(model.covariates[c].name),
                           [](const char* n) { return std::string(n); }))
      return c;
  return std::nullopt;
}

std::string covariates_of(const PopulationModel& model) {
  std::vector<std::string> names;
  for (const PopulationCovariate& covariate : model.covariates) names.push_back(covariate.name);
  return names.empty() ? "it has no covariates" : "it has " + listed(names);
}

void add_weight(const PopulationModel& model, const Scenario& like, std::vector<Scenario>& scenarios,
                std::vector<std::string>& notes) {
  const auto weight = weight_covariate(model);
  if (!weight) {
    notes.push_back("scenario B (body weight 70-140 kg) is left out: the trial has no body weight (" +
                    covariates_of(model) + ")");
    return;
  }
  Scenario heavy = like;
  heavy.name = "B", heavy.description = "body weight between 70 and 140 kg";
  heavy.changes = {{*weight, 70, 140}};
  scenarios.push_back(std::move(heavy));
}

void add_without_comedication(const PopulationModel& model, const Scenario& like,
                              std::vector<Scenario>& scenarios, std::vector<std::string>& notes) {
  const auto comedication = find(model, comedication_names);
  if (!comedication) {
    notes.push_back("scenario C (no co-medication) is left out: the trial tells of no co-medication (" +
                    covariates_of(model) + ")");
    return;
  }
  const PopulationCovariate& covariate = model.covariates[*comedication];
  if (covariate.categorical && !covariate.levels.empty() && !std::ranges::count(covariate.levels, 0.0)) {
    notes.push_back(
        fmt::format("scenario C (no co-medication) is left out: {} has no level 0; ask for one "
                    "by a scenario file",
                    covariate.name));
    return;
  }
  Scenario without = like;
  without.name = "C", without.description = "co-medication is not allowed";
  without.changes = {{*comedication, 0, 0, Law::value}};
  scenarios.push_back(std::move(without));
}

}  // namespace

std::optional<std::size_t> weight_covariate(const PopulationModel& model) {
  const auto found = find(model, weight_names);
  return found && !model.covariates[*found].categorical ? found : std::nullopt;
}

std::vector<Scenario> standard_scenarios(const PopulationModel& model, const StandardQuestion& question,
                                         std::vector<std::string>& notes) {
  std::vector<Scenario> scenarios{
      {"A", "a population like the trial's", {}, question.target, question.endpoint}};
  add_weight(model, scenarios.front(), scenarios, notes);
  add_without_comedication(model, scenarios.front(), scenarios, notes);
  const std::size_t count = scenarios.size();
  for (std::size_t k = 0; k < count; ++k) {
    Scenario reduced = scenarios[k];
    reduced.name = k == 0 ? "D" : "D-" + reduced.name;
    reduced.target = question.reduced_target;
    scenarios.push_back(std::move(reduced));
  }
  return scenarios;
}

bool goes_beyond(const Scenario& scenario, const PopulationModel& model) {
  return std::ranges::any_of(scenario.changes, [&](const CovariateChange& change) {
    const PopulationCovariate& covariate = model.covariates[change.covariate];
    return smallest_value(change) < covariate.smallest || largest_value(change) > covariate.largest;
  });
}

}  // namespace qdose
