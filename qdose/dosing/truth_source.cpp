#include "qdose/dosing/truth_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "qdose/base/files.hpp"
#include "qdose/models/catalogue.hpp"

namespace qdose {
namespace {

using Json = nlohmann::json;

constexpr std::size_t equal_draws = 5000;  ///< each gets virtual subjects of its own

void add_parameters(const Json& document, const ModelInfo& model, bool is_pk, Fit& fit) {
  for (const Parameter& p : model.parameters) {
    const std::string symbol(p.symbol);
    const Json& entry = document.at("parameters").at(symbol);
    const double typical = entry.at("typical").get<double>(), omega = entry.at("omega").get<double>();
    fit.model.parameters.push_back({symbol, std::string(p.unit), p.scale, is_pk, false, 0, omega > 0});
    fit.draws.front().typical.push_back(to_unbounded(p.scale, typical));
    fit.draws.front().omega.push_back(omega);
  }
}

/// "BW_on_CL": 0.75.
Errors add_effects(const Json& document, Fit& fit) {
  Errors errors;
  for (const auto& [name, beta] : document.at("covariate_effects").items()) {
    const std::size_t on = name.rfind("_on_");
    const auto covariate =
        std::ranges::find(fit.model.covariates, name.substr(0, on), &PopulationCovariate::name);
    const auto parameter = std::ranges::find(
        fit.model.parameters, on == std::string::npos ? "" : name.substr(on + 4), &PopulationParameter::name);
    if (covariate == fit.model.covariates.end() || parameter == fit.model.parameters.end()) {
      errors.push_back(
          {Fault::bad_input, fmt::format("the effect {} fits no covariate or parameter", name), "", ""});
      continue;
    }
    fit.model.effects.push_back({static_cast<std::size_t>(covariate - fit.model.covariates.begin()),
                                 static_cast<std::size_t>(parameter - fit.model.parameters.begin()),
                                 covariate->categorical ? 1.0 : 0.0, name});
    fit.draws.front().beta.push_back(beta.get<double>());
  }
  return errors;
}

}  // namespace

Result<Fit> load_truth(const std::string& path, const PopulationModel& like) {
  const Result<std::string> text = read_file(path);
  if (!text) return text.errors();
  try {
    const Json document = Json::parse(*text);
    Fit fit;
    fit.pk_class = fit.model.pk_class = document.at("pk_class").get<std::string>();
    fit.pd_class = fit.model.pd_class = document.at("pd_class").get<std::string>();
    const ModelInfo *pk = find_model(fit.pk_class), *pd = find_model(fit.pd_class);
    if (pk == nullptr || pd == nullptr)
      return Error{Fault::bad_input, "a class that the catalogue does not have", path, ""};
    fit.model.covariates = like.covariates;
    for (PopulationCovariate& covariate : fit.model.covariates)
      if (document.at("reference").contains(covariate.name))
        covariate.reference = document.at("reference").at(covariate.name).get<double>();
    fit.draws.emplace_back();
    add_parameters(document, *pk, true, fit);
    add_parameters(document, *pd, false, fit);
    if (Errors errors = add_effects(document, fit); !errors.empty()) return errors;
    fit.draws.front().pk_proportional = document.at("residual").at("pk_proportional").get<double>();
    fit.draws.front().pd_proportional = document.at("residual").at("pd_proportional").get<double>();
    fit.draws.resize(equal_draws, PopulationDraw(fit.draws.front()));
    return fit;
  } catch (const Json::exception& fault) {
    return Error{Fault::bad_input, fault.what(), path, "was it written by `qdose simulate trial`?"};
  }
}

}  // namespace qdose
