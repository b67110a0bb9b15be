#include "qdose/dosing/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>

#include "qdose/base/expects.hpp"

namespace qdose {

namespace {

std::string upper(std::string s) {
  std::transform(s.begin(), s.end(), s.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return s;
}

/// Index of the first covariate whose name is one of `names`, or -1.
template <std::size_t N>
int find_covariate(const PopulationModel& model, const std::array<const char*, N>& names) {
  for (std::size_t i = 0; i < model.covariates.size(); ++i)
    for (const char* name : names)
      if (upper(model.covariates[i].name) == name) return static_cast<int>(i);
  return -1;
}

using Rows = std::shared_ptr<const std::vector<std::vector<double>>>;

/// Covariates of all subjects of the trial in the model's order.
Rows covariate_rows(const PopulationModel& model, const Trial& trial) {
  auto rows = std::make_shared<std::vector<std::vector<double>>>();
  for (const Subject& s : trial.subjects) {
    std::vector<double> row;
    for (const PopulationCovariate& c : model.covariates) {
      const int i = covariate_index(trial, c.name);
      expects(i >= 0, "the model's covariates are the trial's");
      row.push_back(s.covariates[static_cast<std::size_t>(i)]);
    }
    rows->push_back(std::move(row));
  }
  return rows;
}

/// A subject of the trial at random, with covariate `changed` (if any) set by `value(uniform number)`.
template <class Value>
std::function<std::vector<double>(Stream&)> bootstrap(Rows rows, int changed, Value value) {
  return [rows, changed, value](Stream& stream) {
    std::vector<double> row = (*rows)[stream.below(static_cast<std::uint32_t>(rows->size()))];
    const double u = stream.uniform();
    if (changed >= 0) row[static_cast<std::size_t>(changed)] = value(u);
    return row;
  };
}

}  // namespace

Questions make_questions(const PopulationModel& model, const Trial& trial, const DoseSettings& settings) {
  Questions q;
  const Rows rows = covariate_rows(model, trial);
  const int weight = find_covariate(model, std::array{"BW", "WT", "WEIGHT", "BWT", "WGT", "BODYWEIGHT"});
  const int comed = find_covariate(model, std::array{"COMED", "CONMED", "COMEDICATION", "COMEDS"});
  q.populations.push_back(
      {"A", "a population like the trial's", false, bootstrap(rows, -1, [](double) { return 0.0; })});
  if (weight >= 0) {
    const double low = settings.weight_low, high = settings.weight_high;
    const PopulationCovariate& c = model.covariates[static_cast<std::size_t>(weight)];
    q.populations.push_back(
        {"B", fmt::format("body weight {:g}-{:g} kg", low, high), low < c.smallest || high > c.largest,
         bootstrap(rows, weight, [low, high](double u) { return low + (high - low) * u; })});
  } else {
    q.notes.push_back("Scenario B is left out: the trial has no body weight (a column BW, WT or WEIGHT).");
  }
  if (comed >= 0)
    q.populations.push_back(
        {"C", "co-medication not allowed", false, bootstrap(rows, comed, [](double) { return 0.0; })});
  else
    q.notes.push_back("Scenario C is left out: the trial has no co-medication column (COMED).");
  for (std::size_t p = 0; p < q.populations.size(); ++p)
    q.scenarios.push_back({q.populations[p].name, p, settings.target});
  for (std::size_t p = 0; p < q.populations.size(); ++p)
    q.scenarios.push_back({p == 0 ? "D" : "D-" + q.populations[p].name, p, settings.lower_target});
  return q;
}

}  // namespace qdose
