#include "qdose/stage2_population/structure.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include "qdose/models/catalogue.hpp"

namespace qdose {
namespace {

// Priors on the unbounded scale. Effects are weak unless physiology says more; a factor of 1.4 between levels
// or a quarter of a power of the covariate is already one standard deviation.
constexpr Normal allometric_clearance{0.75, 0.25}, allometric_volume{1.0, 0.25};
constexpr Normal continuous_effect{0.0, 0.25}, categorical_effect{0.0, 0.35};
constexpr Normal freed_fraction{1.5, 1.2};  ///< a largest effect that the report fixes at 1: 0.3-0.98
constexpr double unknown_sd = 1.5;
const Normal variability{std::log(0.3), 0.7};
const Normal proportional_error{std::log(0.15), 0.8};
constexpr double additive_share = 0.05, additive_sd = 1.0;  ///< of the lower decile of the data's size

bool is_body_weight(const Covariate& covariate) {
  std::string name = covariate.name;
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
  return covariate.kind == CovariateKind::continuous &&
         (name == "BW" || name == "WT" || name == "WEIGHT" || name == "BWT");
}

Result<const ModelInfo*> model_of(std::string_view id, Role role) {
  const ModelInfo* model = find_model(id);
  if (model != nullptr && model->role == role) return model;
  const char* kind = role == Role::pk ? "PK" : "PD";
  return Error{Fault::bad_usage, "there is no " + std::string(kind) + " class '" + std::string(id) + "'", "",
               "qdose models lists them"};
}

double middle_of_range(const Parameter& parameter) {
  return std::sqrt(std::max(parameter.report.low, 1e-6) * std::max(parameter.report.high, 1e-6));
}

/// A start at the edge of a fraction's range says no more than "near the edge".
double inside(Scale scale, double value) {
  return scale == Scale::logit ? std::clamp(value, 0.05, 0.95) : value;
}

Normal typical_prior(const Parameter& parameter, const StartingScales& scales) {
  if (parameter.is_fixed_in_report()) return freed_fraction;
  const auto found = scales.find(std::string(parameter.symbol));
  if (found != scales.end() && found->second.typical > 0)
    return {to_unbounded(parameter.scale, inside(parameter.scale, found->second.typical)), found->second.sd};
  return {to_unbounded(parameter.scale, inside(parameter.scale, middle_of_range(parameter))), unknown_sd};
}

void add_parameters(const ModelInfo& info, const FitSettings& settings, const StartingScales& scales,
                    PopulationStructure& structure) {
  for (const Parameter& parameter : info.parameters) {
    PopulationParameter p{std::string(parameter.symbol), std::string(parameter.unit), parameter.scale,
                          info.role == Role::pk};
    p.fixed = parameter.is_fixed_in_report() && !settings.free_constants;
    p.value = p.fixed ? parameter.fixed : 0.0;
    p.varies = !p.fixed;
    structure.model.parameters.push_back(p);
    structure.priors.typical.push_back(typical_prior(parameter, scales));
    structure.priors.log_omega.push_back(variability);
  }
}

bool usable(const Covariate& covariate) {
  if (!(covariate.largest > covariate.smallest)) return false;
  return covariate.kind == CovariateKind::categorical || covariate.smallest > 0;
}

PopulationCovariate described(const Trial& trial, std::size_t index) {
  const Covariate& covariate = trial.covariates[index];
  PopulationCovariate result{covariate.name,      covariate.kind == CovariateKind::categorical,
                             covariate.reference, covariate.smallest,
                             covariate.largest,   {}};
  if (!result.categorical) return result;
  std::set<double> levels;
  for (const Subject& subject : trial.subjects) levels.insert(subject.covariates[index]);
  result.levels.assign(levels.begin(), levels.end());
  return result;
}

Normal effect_prior(const Covariate& covariate, const PopulationParameter& parameter) {
  if (covariate.kind == CovariateKind::categorical) return categorical_effect;
  if (!is_body_weight(covariate)) return continuous_effect;
  if (parameter.unit == "L/h" || parameter.unit == "mg/h") return allometric_clearance;
  return parameter.unit == "L" ? allometric_volume : continuous_effect;
}

std::string level_text(double level) {
  std::string text = std::to_string(level);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

void add_effects(const Trial& trial, PopulationStructure& structure) {
  PopulationModel& model = structure.model;
  for (std::size_t c = 0; c < trial.covariates.size(); ++c) {
    if (!usable(trial.covariates[c])) continue;
    const PopulationCovariate& covariate = model.covariates[c];
    for (std::size_t p = 0; p < model.parameters.size(); ++p) {
      if (model.parameters[p].fixed) continue;
      const Normal prior = effect_prior(trial.covariates[c], model.parameters[p]);
      const auto add = [&](double level, const std::string& suffix) {
        model.effects.push_back({c, p, level, covariate.name + suffix + "_on_" + model.parameters[p].name});
        structure.priors.beta.push_back(prior);
      };
      if (!covariate.categorical) add(0, "");
      for (double level : covariate.levels)
        if (level != covariate.reference) add(level, covariate.levels.size() > 2 ? level_text(level) : "");
    }
  }
}

std::vector<double> sizes(const Trial& trial, std::vector<Observation> Subject::*values) {
  std::vector<double> all;
  for (const Subject& subject : trial.subjects)
    for (const Observation& o : subject.*values)
      if (o.value != 0) all.push_back(std::abs(o.value));
  std::sort(all.begin(), all.end());
  return all;
}

Normal additive_prior(const std::vector<double>& sorted_sizes) {
  const double small = sorted_sizes.empty() ? 1.0 : sorted_sizes[sorted_sizes.size() / 10];
  return {std::log(additive_share * small), additive_sd};
}

/// auto is combined: either part may turn out small.
Result<ErrorKind> kind_of(const char* setting, const std::string& asked) {
  ErrorKind kind = ErrorKind::combined;
  if (asked == "auto" || error_kind(asked, kind)) return kind;
  return Error{Fault::bad_usage, "there is no residual error '" + asked + "'", setting,
               "auto, combined, proportional, additive or log-normal"};
}

}  // namespace

Result<PopulationStructure> make_structure(const Trial& trial, std::string_view pk_id, std::string_view pd_id,
                                           const FitSettings& settings, const StartingScales& scales) {
  PopulationStructure structure;
  const auto pk = model_of(pk_id, Role::pk);
  if (!pk) return pk.errors();
  const auto pk_error = kind_of("pk_error", settings.pk_error),
             pd_error = kind_of("pd_error", settings.pd_error);
  if (!pk_error) return pk_error.errors();
  if (!pd_error) return pd_error.errors();
  if (settings.omega != "diagonal" && settings.omega != "full")
    return Error{Fault::bad_usage, "there is no omega '" + settings.omega + "'", "omega", "diagonal or full"};
  structure.model.correlated = settings.omega == "full";
  structure.model.pk_error = *pk_error;
  structure.model.pd_error = *pd_error;
  structure.model.pk_class = pk_id;
  structure.model.pd_class = pd_id;
  add_parameters(**pk, settings, scales, structure);
  if (!pd_id.empty()) {
    const auto pd = model_of(pd_id, Role::pd);
    if (!pd) return pd.errors();
    add_parameters(**pd, settings, scales, structure);
  }
  for (std::size_t c = 0; c < trial.covariates.size(); ++c)
    structure.model.covariates.push_back(described(trial, c));
  if (settings.covariates) add_effects(trial, structure);
  PopulationPriors& priors = structure.priors;
  priors.log_pk_proportional = priors.log_pd_proportional = proportional_error;
  priors.log_pk_additive = additive_prior(sizes(trial, &Subject::concentrations));
  priors.log_pd_additive = additive_prior(sizes(trial, &Subject::responses));
  return structure;
}

}  // namespace qdose
