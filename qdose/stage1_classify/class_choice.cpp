#include "qdose/stage1_classify/class_choice.hpp"

#include <algorithm>

namespace qdose {
namespace {

bool is_possible(const ModelInfo& model, const Trial& trial) {
  if (trial.modelled_duration) return model.has_infusion;
  switch (trial.route) {
    case Route::extravascular:
      return model.extravascular;
    case Route::bolus:
      return !model.extravascular && !model.has_infusion;
    case Route::infusion:
      return !model.extravascular;
    case Route::unknown:
      break;
  }
  return true;
}

bool same_parameters(const ModelInfo& a, const ModelInfo& b) {
  return std::equal(a.parameters.begin(), a.parameters.end(), b.parameters.begin(), b.parameters.end(),
                    [](const Parameter& p, const Parameter& q) { return p.symbol == q.symbol; });
}

/// Whether `timed` is `plain` with an infusion time of its own.
bool only_adds_a_duration(const ModelInfo& timed, const ModelInfo& plain) {
  std::vector<std::string_view> others;
  for (const Parameter& p : timed.parameters)
    if (p.symbol != "tau") others.push_back(p.symbol);
  return timed.has_infusion && !plain.has_infusion && !plain.extravascular &&
         std::ranges::equal(others, plain.parameters, {}, {}, &Parameter::symbol);
}

}  // namespace

std::span<const ModelInfo> models_of(Role role) { return role == Role::pk ? pk_models() : pd_models(); }

std::vector<bool> possible_classes(Role role, const Trial& trial) {
  std::vector<bool> possible;
  for (const ModelInfo& model : models_of(role))
    possible.push_back(role == Role::pd || is_possible(model, trial));
  return possible;
}

std::vector<std::string> same_equations(std::string_view id) {
  const ModelInfo* model = find_model(id);
  std::vector<std::string> same;
  if (model == nullptr) return same;
  for (const ModelInfo& other : models_of(model->role))
    if (other.about.id != id && other.equations == model->equations && same_parameters(other, *model))
      same.emplace_back(other.about.id);
  return same;
}

std::vector<std::string> same_equations(std::string_view id, const Trial& trial) {
  std::vector<std::string> same = same_equations(id);
  const ModelInfo* model = find_model(id);
  if (model == nullptr || trial.route != Route::infusion || trial.modelled_duration) return same;
  for (const ModelInfo& other : models_of(model->role))
    if (only_adds_a_duration(other, *model) || only_adds_a_duration(*model, other))
      same.emplace_back(other.about.id);
  return same;
}

}  // namespace qdose
