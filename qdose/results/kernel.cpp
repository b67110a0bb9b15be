#include "qdose/results/kernel.hpp"

#include <nlohmann/json.hpp>

#include "qdose/base/files.hpp"
#include "qdose/results/unreadable.hpp"

namespace qdose {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(KernelOutput, name, r2, r2_ceiling, rmse, has_signal, lambda,
                                                bandwidth, alignment, alignment_rbf)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(KernelCurve, output, covariate, other_level, x, kernel,
                                                baseline)

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(KernelComparison, baseline, difference, low, high, resplits)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(KernelConcentration, mean, variance, shots)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(KernelNoise, shots, depolarising, ridge_floor, error, r2_mean)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(KernelProtocol, seeds, subjects, test, r2_mean, r2_sd, r2_q5,
                                                r2_median, r2_q95, rmse_mean, span_cap, r2)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(KernelCoverage, true_dose, predictive_ratio, point_ratio,
                                                predictive_coverage, point_coverage)

namespace {

nlohmann::ordered_json to_document(const KernelResult& result) {
  nlohmann::ordered_json outputs = nlohmann::ordered_json::object();
  std::vector<std::string> order;
  for (const KernelOutput& output : result.outputs) {
    outputs[output.name] = nlohmann::json(output);
    order.push_back(output.name);
  }
  nlohmann::ordered_json document = {
      {"feature_map", result.feature_map},
      {"n_qubits", result.n_qubits},
      {"outputs", outputs},
      {"output_order", order},
      {"r2_mean", result.r2_mean},
      {"baselines", result.baselines},
      {"baseline_r2", result.baseline_r2},
      {"geometric_difference", result.geometric_difference},
      {"geometric_limit", result.geometric_limit},
      {"seconds",
       {{"states", result.seconds_states}, {"gram", result.seconds_gram}, {"solve", result.seconds_solve}}},
      {"verdict", result.verdict},
      {"subjects", result.subjects},
      {"test", result.test},
      {"comparisons", nlohmann::json(result.comparisons)},
      {"concentration", nlohmann::json(result.concentration)},
      {"curves", nlohmann::json(result.curves)},
      {"notes", result.notes}};
  if (!result.noise.empty()) document["noise"] = nlohmann::json(result.noise);
  if (result.protocol.seeds > 0) document["protocol"] = nlohmann::json(result.protocol);
  if (result.coverage.true_dose > 0) document["coverage"] = nlohmann::json(result.coverage);
  return document;
}

/// Fields that only some commands write.
void read_optional(const nlohmann::json& document, KernelResult& result) {
  const auto read = [&](const char* name, auto& into) {
    if (document.contains(name)) document.at(name).get_to(into);
  };
  read("subjects", result.subjects), read("test", result.test);
  read("comparisons", result.comparisons), read("concentration", result.concentration);
  read("noise", result.noise), read("protocol", result.protocol), read("coverage", result.coverage);
}

KernelResult from_document(const nlohmann::json& document) {
  KernelResult result;
  document.at("feature_map").get_to(result.feature_map);
  document.at("n_qubits").get_to(result.n_qubits);
  for (const auto& name : document.at("output_order").get<std::vector<std::string>>())
    result.outputs.push_back(document.at("outputs").at(name).get<KernelOutput>());
  document.at("r2_mean").get_to(result.r2_mean);
  document.at("baselines").get_to(result.baselines);
  document.at("baseline_r2").get_to(result.baseline_r2);
  document.at("geometric_difference").get_to(result.geometric_difference);
  document.at("geometric_limit").get_to(result.geometric_limit);
  document.at("seconds").at("states").get_to(result.seconds_states);
  document.at("seconds").at("gram").get_to(result.seconds_gram);
  document.at("seconds").at("solve").get_to(result.seconds_solve);
  document.at("verdict").get_to(result.verdict);
  document.at("curves").get_to(result.curves);
  document.at("notes").get_to(result.notes);
  read_optional(document, result);
  return result;
}

}  // namespace

Result<Done> save(const KernelResult& result, const std::string& path) {
  return write_file(path,
                    to_document(result).dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n');
}

Result<KernelResult> load_kernel(const std::string& path) {
  const Result<std::string> text = read_file(path);
  if (!text) return text.errors();
  try {
    return from_document(nlohmann::json::parse(*text));
  } catch (const nlohmann::json::exception& fault) {
    return unreadable(Fault::bad_input, fault, path, "kernel fit");
  }
}

}  // namespace qdose
