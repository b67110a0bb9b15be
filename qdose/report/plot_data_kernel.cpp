#include <algorithm>
#include <nlohmann/json.hpp>

#include "qdose/report/compact.hpp"
#include "qdose/report/plot_data.hpp"

namespace qdose {

using nlohmann::json;

namespace {

/// Name of the categorical covariate that a curve holds at `other_level`; empty when the model has none.
std::string held_covariate(const PopulationModel& model, const KernelCurve& curve) {
  for (const PopulationCovariate& covariate : model.covariates)
    if (covariate.categorical && covariate.name != curve.covariate) return covariate.name;
  return "";
}

json kernel_curve(const PopulationModel& model, const KernelCurve& curve) {
  return {{"output", curve.output},
          {"covariate", curve.covariate},
          {"held", held_covariate(model, curve)},
          {"level", compact(curve.other_level)},
          {"x", compact(curve.x)},
          {"kernel", compact(curve.kernel)},
          {"baseline", compact(curve.baseline)}};
}

constexpr double least_information =
    0.1;  // of a subject's own data about a parameter, to be shown as a point

/// The subjects' estimates of one output on the unbounded scale; null where the subject's data say next to
/// nothing.
json estimates(const Fit& fit, const std::string& output) {
  const auto& parameters = fit.model.parameters;
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const PopulationParameter& p) { return p.name == output; });
  if (found == parameters.end()) return nullptr;
  const auto j = static_cast<std::size_t>(found - parameters.begin());
  json out = json::array();
  for (const IndividualEstimate& subject : fit.individuals)
    if (j < subject.mean.size()) {
      const bool informed = j >= subject.shrinkage.size() || subject.shrinkage[j] >= least_information;
      out.push_back({informed ? compact(subject.mean[j]) : json(nullptr), subject.id});
    }
  return out;
}

}  // namespace

json kernel_data(const KernelResult& kernel, const Fit& fit) {
  json outputs = json::array(), curves = json::array(), points = json::object();
  for (const KernelOutput& output : kernel.outputs) {
    json baselines = json::object();
    for (const auto& [name, by_output] : kernel.baseline_r2)
      if (by_output.contains(output.name)) baselines[name] = compact(by_output.at(output.name));
    outputs.push_back({{"name", output.name},
                       {"r2", compact(output.r2)},
                       {"ceiling", compact(output.r2_ceiling)},
                       {"baselines", std::move(baselines)}});
    if (json values = estimates(fit, output.name); !values.is_null()) points[output.name] = std::move(values);
  }
  for (const KernelCurve& curve : kernel.curves) curves.push_back(kernel_curve(fit.model, curve));
  json covariates = json::object();
  for (std::size_t c = 0; c < fit.model.covariates.size(); ++c) {
    std::vector<double> values;
    for (const IndividualEstimate& subject : fit.individuals)
      if (c < subject.covariates.size()) values.push_back(subject.covariates[c]);
    covariates[fit.model.covariates[c].name] = compact(values);
  }
  return {{"outputs", outputs}, {"curves", curves}, {"estimates", points}, {"covariates", covariates}};
}

}  // namespace qdose
