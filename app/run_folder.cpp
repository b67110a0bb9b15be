#include "app/run_folder.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/encoder_scores.hpp"
#include "app/version.hpp"
#include "qdose/data/overview.hpp"
#include "qdose/data/read_trial.hpp"
#include "qdose/models/catalogue.hpp"
#include "qdose/simulate/kernels.hpp"

namespace qdose {

namespace {

TrialSubject subject_of(const Subject& s) {
  TrialSubject t;
  t.id = s.id;
  t.dose_level = s.dose_level();
  t.covariates = s.covariates;
  for (const Dose& d : s.doses) {
    t.dose_time.push_back(d.time);
    t.dose_amount.push_back(d.amount);
  }
  for (const Observation& o : s.concentrations) {
    t.pk_time.push_back(o.time);
    t.pk.push_back(o.value);
  }
  for (const Observation& o : s.responses) {
    t.pd_time.push_back(o.time);
    t.pd.push_back(o.value);
  }
  return t;
}

TrialSummary summary_of(const Trial& trial) {
  TrialSummary s;
  s.file = trial.name;
  s.route = route_name(trial.route);
  for (const Covariate& c : trial.covariates)
    s.covariates.push_back(
        {c.name, c.kind == CovariateKind::categorical, c.reference, c.smallest, c.largest});
  for (const Subject& subject : trial.subjects) s.subjects.push_back(subject_of(subject));
  return s;
}

/// {"fit": {"chains": 4}} -> fit.chains = 4.
std::vector<Setting> settings_of(const std::string& json_text) {
  std::vector<Setting> settings;
  const auto add = [&](const std::string& name, const nlohmann::json& value) {
    settings.push_back({name, value.is_string() ? value.get<std::string>() : value.dump()});
  };
  const nlohmann::json document = nlohmann::json::parse(json_text);
  for (const auto& [section, value] : document.items()) {
    if (!value.is_object()) {
      add(section, value);
      continue;
    }
    for (const auto& [name, inner] : value.items()) add(section + "." + name, inner);
  }
  return settings;
}

}  // namespace

RunInfo make_run_info(const Trial& trial, const Context& context) {
  RunInfo info;
  info.version = version;
  info.command_line = context.command_line();
  info.started = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  info.kernels = kernel_instruction_set();
  info.seed = context.seed();
  info.threads = context.threads();
  info.settings = settings_of(context.settings());
  info.notes = trial.notes;
  info.trial = summary_of(trial);
  return info;
}

ClassInfo class_info(const std::string& id) {
  ClassInfo info;
  const ModelInfo* model = find_model(id);
  if (model == nullptr) return info;
  info.id = id;
  info.title = model->about.title;
  for (const Parameter& p : model->parameters)
    info.parameters.push_back({std::string(p.symbol), std::string(p.unit), std::string(p.meaning)});
  info.equations = model->equations;
  return info;
}

Result<Trial> trial_of(const std::filesystem::path& folder) {
  const auto path = folder / run_file::trial;
  if (!std::filesystem::exists(path))
    return Error{Fault::file, "no fitted trial in this folder", folder.string(),
                 "run `qdose fit TRIAL.csv --out DIR` or `qdose run TRIAL.csv --out DIR` first"};
  return read_trial(path);
}

Result<RunResults> read_run(const std::filesystem::path& folder) {
  RunResults results;
  bool any = false;
  Errors errors;
  const auto read = [&](const char* name, auto load, auto& into) {
    const auto path = folder / name;
    if (!std::filesystem::exists(path)) return;
    any = true;
    if (auto loaded = load(path))
      into = std::move(*loaded);
    else
      errors.insert(errors.end(), loaded.errors().begin(), loaded.errors().end());
  };
  const auto in_folder = [&](const auto& load) {
    return [&folder, load](const auto&) { return load(folder.string()); };
  };
  const auto in_file = [](const auto& load) {
    return [load](const auto& path) { return load(path.string()); };
  };
  read(run_file::selection, in_file(load_selection), results.selection);
  read("fit.json", in_folder(load_fit), results.fit);
  read(run_file::kernel, in_file(load_kernel), results.kernel);
  read("doses.json", in_folder(load_doses), results.doses);
  read(run_file::subjects, in_file(load_virtual_subjects), results.subjects);
  read(run_file::info, in_file(load_run_info), results.info);
  if (!any)
    return Error{Fault::file, "no results in this folder", folder.string(),
                 "`qdose run TRIAL.csv --out DIR` makes them"};
  read(run_file::calibration, in_file(load_calibration), results.calibration);
  read(run_file::bake_off, in_file(load_bake_off), results.bake_off);
  if (!errors.empty()) return errors;
  results.encoders = encoder_scores(folder);
  return results;
}

}  // namespace qdose
