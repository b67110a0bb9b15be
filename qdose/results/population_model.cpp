#include "qdose/results/population_model.hpp"

#include <cmath>
#include <utility>

namespace qdose {

double to_unbounded(Scale scale, double value) {
  return scale == Scale::log ? std::log(value) : std::log(value / (1.0 - value));
}

double to_natural(Scale scale, double unbounded) {
  return scale == Scale::log ? std::exp(unbounded) : 1.0 / (1.0 + std::exp(-unbounded));
}

double effect_input(const PopulationModel& model, const CovariateEffect& effect,
                    const std::vector<double>& covariates) {
  const PopulationCovariate& covariate = model.covariates[effect.covariate];
  const double x = covariates[effect.covariate];
  if (covariate.categorical) return x == effect.level ? 1.0 : 0.0;
  return std::log(x / covariate.reference);
}

std::vector<double> covariate_mean(const PopulationModel& model, const PopulationDraw& draw,
                                   const std::vector<double>& covariates) {
  std::vector<double> mean = draw.typical;
  for (std::size_t e = 0; e < model.effects.size(); ++e)
    mean[model.effects[e].parameter] += draw.beta[e] * effect_input(model, model.effects[e], covariates);
  return mean;
}

namespace {
constexpr std::pair<ErrorKind, const char*> error_names[] = {{ErrorKind::combined, "combined"},
                                                             {ErrorKind::proportional, "proportional"},
                                                             {ErrorKind::additive, "additive"},
                                                             {ErrorKind::log_normal, "log-normal"}};
}  // namespace

const char* name_of(ErrorKind kind) { return error_names[static_cast<std::size_t>(kind)].second; }

bool error_kind(const std::string& name, ErrorKind& kind) {
  for (const auto& [value, its_name] : error_names)
    if (name == its_name) {
      kind = value;
      return true;
    }
  return false;
}

}  // namespace qdose
