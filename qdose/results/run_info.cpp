#include "qdose/results/run_info.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "qdose/base/files.hpp"
#include "qdose/results/unreadable.hpp"

namespace qdose {

// Field names in run.json are the members' names; a missing field keeps its default, so that older files
// still load.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(TrialSubject, id, dose_level, covariates, dose_time,
                                                dose_amount, pk_time, pk, pd_time, pd)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(TrialCovariate, name, categorical, reference, smallest,
                                                largest)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(TrialSummary, file, route, concentration_unit, response_unit,
                                                covariates, subjects)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(StageSeconds, stage, seconds)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Setting, name, value)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(SymbolInfo, symbol, unit, meaning)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ClassInfo, id, title, parameters, equations)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RunInfo, version, command_line, started, kernels, seed,
                                                threads, stages, settings, classes, notes, trial)

std::vector<double> arms(const TrialSummary& trial) {
  std::vector<double> levels;
  for (const TrialSubject& subject : trial.subjects) levels.push_back(subject.dose_level);
  std::sort(levels.begin(), levels.end());
  levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  return levels;
}

const ClassInfo* find_class(const RunInfo& info, const std::string& id) {
  for (const ClassInfo& model : info.classes)
    if (model.id == id) return &model;
  return nullptr;
}

Result<Done> save(const RunInfo& info, const std::string& path) {
  const nlohmann::json document = info;
  return write_file(path, document.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n');
}

Result<RunInfo> load_run_info(const std::string& path) {
  const Result<std::string> text = read_file(path);
  if (!text) return text.errors();
  try {
    return nlohmann::json::parse(*text).get<RunInfo>();
  } catch (const nlohmann::json::exception& fault) {
    return unreadable(Fault::bad_input, fault, path, "run TRIAL.csv");
  }
}

}  // namespace qdose
