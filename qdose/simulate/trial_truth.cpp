#include "qdose/simulate/trial_truth.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "qdose/base/text.hpp"

namespace qdose {
namespace {

struct DefaultValue {
  std::string_view model, symbol;  // no model: every class that has the symbol
  double value;
};
constexpr DefaultValue defaults[] = {
    {"pk_1c_iv_mm", "CL", 0.03},
    {"pk_1c_iv_mm", "V", 6},
    {"pk_3c_iv", "Vc", 2},
    {"pk_3c_iv", "Vp", 4},
    {"pk_3c_iv", "Q", 1},
    {"pk_1c_oral_flipflop", "CL", 0.35},
    {"pk_1c_oral_flipflop", "ka", 0.02},
    {"", "CL", 0.2},
    {"", "V", 8},
    {"", "Vc", 3},
    {"", "Vp", 12},
    {"", "Q", 0.5},
    {"", "ka", 0.5},
    {"", "Tlag", 3},
    {"", "Vmax", 0.35},
    {"", "Km", 0.4},
    {"", "tau", 4},
    {"", "ktr", 0.8},
    {"", "Vp2", 15},
    {"", "Q2", 0.25},
    {"", "R0", 12},
    {"", "SLOPE", 10},
    {"", "EC50", 0.5},
    {"", "IC50", 0.5},
    {"", "Hill", 3},
    {"", "Imax", 0.9},
    {"", "ke0", 0.02},
    {"", "kout", 0.04},
    {"", "ktr_pd", 0.06},
};

double default_value(const ModelInfo& model, const Parameter& parameter) {
  for (const DefaultValue& d : defaults)
    if ((d.model.empty() || d.model == model.about.id) && d.symbol == parameter.symbol) return d.value;
  if (parameter.symbol == "Emax") return parameter.unit == "-" ? 3.0 : 25.0;
  return std::sqrt(parameter.report.low * parameter.report.high);
}

double default_omega(const Parameter& parameter) {
  if (parameter.unit == "h" || parameter.symbol == "Hill") return 0.1;
  return 0.25;
}

void add_class(const ModelInfo& model, double spread, TrialTruth& truth) {
  for (const Parameter& p : model.parameters)
    truth.parameters.push_back({std::string(p.symbol), std::string(p.unit), p.scale, default_value(model, p),
                                spread * default_omega(p)});
}

void add_effects(TrialTruth& truth) {
  for (const TrueParameter& p : truth.parameters) {
    if (p.unit == "L/h" || p.unit == "mg/h") truth.effects.push_back({"BW", p.symbol, 0.75});
    if (p.unit == "L") truth.effects.push_back({"BW", p.symbol, 1.0});
  }
  truth.effects.push_back({"COMED", "R0", std::log(0.7)});
}

Error wrong(std::string message, std::string setting, std::string hint = "") {
  return {Fault::bad_usage, std::move(message), std::move(setting), std::move(hint)};
}

/// Carries out one "CL=4" or "omega_CL=0.3".
void set_value(const std::string& item, TrialTruth& truth, Errors& errors) {
  const std::size_t equals = item.find('=');
  const std::string name(trimmed(std::string_view(item).substr(0, equals)));
  const bool is_omega = name.starts_with("omega_");
  const std::string symbol = is_omega ? name.substr(6) : name;
  std::vector<std::string> known;
  TrueParameter* parameter = nullptr;
  for (TrueParameter& p : truth.parameters) {
    known.push_back(p.symbol);
    if (p.symbol == symbol) parameter = &p;
  }
  if (equals == item.npos || parameter == nullptr) {
    errors.push_back(wrong("no parameter is called '" + symbol + "' in these classes", "values",
                           suggestion(symbol, known)));
    return;
  }
  const auto number = parse_numbers(item.substr(equals + 1), "values");
  if (!number.ok()) {
    errors.insert(errors.end(), number.errors().begin(), number.errors().end());
    return;
  }
  const double x = number->front();
  if (is_omega ? !(x >= 0 && x <= 3) : !(x > 0 && (parameter->scale == Scale::log || x < 1)))
    errors.push_back(wrong("'" + item + "' is out of range", "values",
                           is_omega                         ? "a spread of 0 to 3"
                           : parameter->scale == Scale::log ? "a positive number"
                                                            : "a number between 0 and 1"));
  (is_omega ? parameter->omega : parameter->typical) = x;
}

/// Adds one "BW_on_CL=0.75".
void set_effect(const std::string& item, TrialTruth& truth, Errors& errors) {
  const std::size_t equals = item.find('='), on = item.find("_on_");
  if (equals == item.npos || on == item.npos || on > equals) {
    errors.push_back(
        wrong("'" + item + "' is no effect", "effects", "such as BW_on_CL=0.75, COMED_on_R0=-0.36"));
    return;
  }
  TrueEffect effect{std::string(trimmed(std::string_view(item).substr(0, on))),
                    std::string(trimmed(std::string_view(item).substr(on + 4, equals - on - 4))), 0};
  std::vector<std::string> known;
  for (const TrueParameter& p : truth.parameters) known.push_back(p.symbol);
  if (effect.covariate != "BW" && effect.covariate != "COMED")
    errors.push_back(wrong("no covariate is called '" + effect.covariate + "'", "effects", "BW and COMED"));
  if (std::find(known.begin(), known.end(), effect.parameter) == known.end())
    errors.push_back(wrong("no parameter is called '" + effect.parameter + "' in these classes", "effects",
                           suggestion(effect.parameter, known)));
  const auto number = parse_numbers(item.substr(equals + 1), "effects");
  if (number.ok())
    effect.beta = number->front();
  else
    errors.insert(errors.end(), number.errors().begin(), number.errors().end());
  truth.effects.push_back(effect);
}

/// Calls body(item) for everything between commas.
template <class Body>
void each_item(const std::string& text, Body body) {
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t comma = std::min(text.find(',', start), text.size());
    body(text.substr(start, comma - start));
    start = comma + 1;
  }
}

const ModelInfo* find_class(const std::string& id, Role role, Errors& errors) {
  const ModelInfo* model = find_model(id);
  if (model != nullptr && model->role == role) return model;
  std::vector<std::string> known;
  for (const ModelInfo& m : role == Role::pk ? pk_models() : pd_models()) known.emplace_back(m.about.id);
  errors.push_back(
      wrong("no class is called '" + id + "'", role == Role::pk ? "pk" : "pd", suggestion(id, known)));
  return nullptr;
}

}  // namespace

Result<TrialTruth> truth_of(const VirtualTrialSettings& settings) {
  Errors errors;
  TrialTruth truth;
  truth.pk = find_class(settings.pk, Role::pk, errors);
  truth.pd = find_class(settings.pd, Role::pd, errors);
  for (const auto& [value, name] :
       {std::pair(settings.pk_residual, "pk_residual"), {settings.pd_residual, "pd_residual"}})
    if (!(value >= 0 && value <= 1)) errors.push_back(wrong("a fraction of 0 to 1", name));
  if (!(settings.between_subjects >= 0 && settings.between_subjects <= 10))
    errors.push_back(wrong("a factor of 0 to 10", "between_subjects"));
  if (!errors.empty()) return errors;

  if (settings.infusion_h > 0 && (truth.pk->extravascular || truth.pk->has_infusion))
    errors.push_back(wrong("an infusion into " + settings.pk, "infusion_h",
                           truth.pk->has_infusion ? "the class has its own infusion time"
                                                  : "its doses enter a depot: choose an intravenous class"));
  for (const auto& [value, name] :
       {std::pair(settings.pk_additive, "pk_additive"), {settings.pd_additive, "pd_additive"}})
    if (!(value >= 0 && std::isfinite(value))) errors.push_back(wrong("0 or a positive number", name));
  add_class(*truth.pk, settings.between_subjects, truth);
  add_class(*truth.pd, settings.between_subjects, truth);
  if (!trimmed(settings.effects).empty())
    each_item(settings.effects, [&](const std::string& item) { set_effect(item, truth, errors); });
  else if (settings.covariate_effects)
    add_effects(truth);
  truth.pk_proportional = settings.pk_residual;
  truth.pd_proportional = settings.pd_residual;
  truth.pk_additive = settings.pk_additive;
  truth.pd_additive = settings.pd_additive;
  each_item(settings.values, [&](const std::string& item) { set_value(item, truth, errors); });
  if (!errors.empty()) return errors;
  return truth;
}

}  // namespace qdose
