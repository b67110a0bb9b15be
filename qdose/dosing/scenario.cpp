#include "qdose/dosing/scenario.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "qdose/base/text.hpp"

namespace qdose {
namespace {

constexpr std::array weight_names{"BW", "WT", "WEIGHT", "BWT", "WGT", "BODYWEIGHT", "BODY_WEIGHT"};
constexpr std::array comedication_names{"COMED", "CONMED", "CONMEDS", "COMEDICATION", "CONCOMITANT"};

/// Position of the covariate that is called by one of these names.
template <std::size_t N>
std::optional<std::size_t> find(const PopulationModel& model, const std::array<const char*, N>& names) {
  for (std::size_t c = 0; c < model.covariates.size(); ++c)
    if (std::ranges::count(names, upper_case(model.covariates[c].name),
                           [](const char* n) { return std::string(n); }))
      return c;
  return std::nullopt;
}

}  // namespace

std::vector<Scenario> standard_scenarios(const PopulationModel& model, double target, double reduced_target,
                                         std::vector<std::string>& notes) {
  std::vector<Scenario> scenarios{{"A", "a population like the trial's", {}, target}};
  if (const auto weight = find(model, weight_names))
    scenarios.push_back({"B", "body weight between 70 and 140 kg", {{*weight, 70, 140}}, target});
  else
    notes.push_back("Scenario B is left out: no covariate of the trial is known to be the body weight");
  if (const auto comedication = find(model, comedication_names))
    scenarios.push_back({"C", "co-medication is not allowed", {{*comedication, 0, 0}}, target});
  else
    notes.push_back("Scenario C is left out: no covariate of the trial is known to be co-medication");
  const std::size_t count = scenarios.size();
  for (std::size_t k = 0; k < count; ++k) {
    Scenario reduced = scenarios[k];
    reduced.name = k == 0 ? "D" : "D-" + reduced.name;
    reduced.target = reduced_target;
    scenarios.push_back(std::move(reduced));
  }
  return scenarios;
}

std::vector<double> draw_covariates(const Scenario& scenario, std::span<const std::vector<double>> trial_rows,
                                    Stream& stream) {
  std::vector<double> row = trial_rows[stream.below(static_cast<std::uint32_t>(trial_rows.size()))];
  for (const CovariateChange& change : scenario.changes)
    row[change.covariate] = change.low == change.high ? change.low : stream.uniform(change.low, change.high);
  return row;
}

bool goes_beyond(const Scenario& scenario, const PopulationModel& model) {
  return std::ranges::any_of(scenario.changes, [&](const CovariateChange& change) {
    const PopulationCovariate& covariate = model.covariates[change.covariate];
    return change.low < covariate.smallest || change.high > covariate.largest;
  });
}

}  // namespace qdose
