#include "app/training_set_meta.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/version.hpp"
#include "qdose/simulate/kernels.hpp"

namespace qdose {
namespace {

using nlohmann::json;

json report_prior(const Parameter& p) {
  if (p.is_fixed_in_report()) return {{"fixed", p.fixed}};
  return {{"low", p.report.low}, {"high", p.report.high}, {"spread", p.report.spread}};
}

json class_json(const ModelInfo& model, std::size_t index, bool with_ranges) {
  const auto& columns = ParameterColumns::of(model.role).of_class[index];
  json j = {{"label", model.about.label}, {"id", model.about.id}, {"title", model.about.title}};
  for (std::size_t p = 0; p < columns.size(); ++p) {
    const Parameter& parameter = model.parameters[p];
    json one = {{"name", parameter.symbol},
                {"unit", parameter.unit},
                {"column", columns[p]},
                {"scale", parameter.scale == Scale::log ? "log" : "logit"}};
    if (with_ranges) one["prior"] = report_prior(parameter);
    j["parameters"].push_back(one);
  }
  return j;
}

json channels(Role role) {
  const json concentration = {{"name", "concentration"}, {"unit", "mg/L"}};
  if (role == Role::pk) return {{{"name", "dose"}, {"unit", "mg"}}, concentration};
  return {concentration, {{"name", "biomarker"}, {"unit", "ng/mL"}}};
}

json files_json(Role role) {
  const auto names = training_set_files(role);
  return {{"values", names[0]},
          {"label", names[1]},
          {"parameters", names[2]},
          {"mask", names[3]},
          {"times", names[4]}};
}

json duplicates_json(const DuplicateCount& found, std::uint64_t count) {
  return {{"checked", count},
          {"repeated", found.repeated},
          {"pairs_compared", found.compared},
          {"method", "64-bit hashes of all rows sorted; rows with equal hashes compared bit by bit"}};
}

}  // namespace

std::string training_set_meta(const TrajectorySource& source, const TrainingSetJob& job,
                              const TrainingSetChecks& checks) {
  const Role role = source.role();
  json j = {{"program", "qdose"},
            {"version", version},
            {"role", role == Role::pk ? "pk" : "pd"},
            {"seed", job.seed},
            {"priors", job.priors},
            {"count", job.count},
            {"kernels", kernel_instruction_set()},
            {"shape", {job.count, 2, source.times().size()}},
            {"files", files_json(role)},
            {"times_unit", "h"},
            {"channels", channels(role)},
            {"columns", ParameterColumns::of(role).symbols},
            {"failed", checks.failed},
            {"duplicates", duplicates_json(checks.duplicates, job.count)}};
  if (!job.trial.empty()) j["trial"] = job.trial;
  const bool of_report = job.priors.starts_with("report");
  if (of_report) j["dose_at_zero"] = job.dose_at_zero;
  const auto models = role_models(role);
  for (std::size_t c = 0; c < models.size(); ++c) j["classes"].push_back(class_json(models[c], c, of_report));
  return j.dump(2) + "\n";
}

}  // namespace qdose
