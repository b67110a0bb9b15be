#include "qdose/stage1_classify/select.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <optional>

#include "qdose/base/interrupt.hpp"
#include "qdose/base/text.hpp"
#include "qdose/stage1_classify/class_choice.hpp"
#include "qdose/stage1_classify/encoder_cache.hpp"
#include "qdose/stage1_classify/general_encoder.hpp"
#include "qdose/stage1_classify/posterior.hpp"
#include "qdose/stage1_classify/shipped_encoder.hpp"
#include "qdose/stage1_classify/train_process.hpp"
#include "qdose/stage1_classify/trial_problem.hpp"

namespace qdose {
namespace {

/// A role of the trial, the encoder that answers for it and where it is kept.
struct RolePlan {
  TrainJob job;
  std::filesystem::path folder;
  std::optional<Encoder> encoder;
  bool general = false;  ///< not tuned
};

constexpr double tuning_learning_rate = 7e-4;  // gentler than from random weights (docs/stage1-results.md)

const char* name_of(Role role) { return role == Role::pk ? "PK" : "PD"; }

Result<TrainJob> job_for(const Trial& trial, Role role, const SelectSettings& settings) {
  const std::optional<EncoderConfig> config = find_encoder_config(settings.config);
  if (!config) {
    std::vector<std::string> names;
    for (const EncoderConfig& known : encoder_configs()) names.push_back(known.name);
    return Error{Fault::bad_usage, "no encoder configuration is called " + in_quotes(settings.config),
                 "config", suggestion(settings.config, names)};
  }
  if (settings.tune != 0 && !(settings.tune >= 5 && settings.tune <= 86400))
    return Error{Fault::bad_usage, fmt::format("{} is out of range", settings.tune), "tune",
                 "5 to 86400, or 0 for none"};
  TrainJob job;
  job.role = role;
  job.trial = trial;
  job.config = *config;
  job.seed = settings.seed;
  job.seconds = settings.tune > 0 ? settings.tune : SelectSettings{}.tune;  // what the cache may hold
  job.steps = settings.tune_steps;
  if (const auto general = shipped_encoder_file(role, "general");
      !general.empty() && job.config.name == "small") {
    job.start = general.string();
    job.config.learning_rate = tuning_learning_rate;
  }
  return job;
}

/// Reads an encoder that fits the job; nothing when there is none yet.
std::optional<Encoder> cached(const std::filesystem::path& folder) {
  Result<Encoder> encoder = load_encoder(folder / encoder_file);
  if (!encoder) return std::nullopt;  // not there, or of another version: train it
  return std::move(*encoder);
}

Result<Done> train_missing(std::vector<RolePlan>& plans, const SelectSettings& settings, Progress& progress) {
  std::vector<FolderLock> locks;
  for (RolePlan& plan : plans) {
    if (plan.encoder) continue;
    Result<FolderLock> lock = FolderLock::wait_for(plan.folder);
    if (!lock) return lock.errors();
    locks.push_back(std::move(*lock));
    plan.encoder = cached(plan.folder);  // another process may have made it meanwhile
  }
  std::vector<TrainingRun> runs;
  for (const RolePlan& plan : plans)
    if (!plan.encoder)
      runs.push_back({plan.job, plan.folder, std::filesystem::exists(plan.folder / checkpoint_file)});
  for (TrainingRun& run : runs)
    run.job.threads = std::max(1, settings.threads / static_cast<int>(runs.size()));
  if (Result<Done> done = run_trainings(runs, "Stage 1: tuning", progress); !done) return done;
  for (RolePlan& plan : plans) {
    if (plan.encoder) continue;
    Result<Encoder> encoder = load_encoder(plan.folder / encoder_file);
    if (!encoder) return encoder.errors();
    plan.encoder = std::move(*encoder);
    std::error_code ignored;  // the checkpoint is of no use any more; a left-over does no harm
    std::filesystem::remove(plan.folder / checkpoint_file, ignored);
  }
  return Done{};
}

/// The general encoders where the cache has none for this trial. A role without either stays without, with a
/// note; a fault when that are all.
Result<Done> take_general(std::vector<RolePlan>& plans, std::vector<std::string>& notes) {
  Errors errors;
  for (RolePlan& plan : plans) {
    if (plan.encoder) continue;
    const Result<Encoder> general = shipped_encoder(plan.job.role, "general");
    if (!general) {
      errors.insert(errors.end(), general.errors().begin(), general.errors().end());
      notes.push_back(
          fmt::format("{}: no general encoder, and none tuned to this trial: the likelihood alone decides",
                      name_of(plan.job.role)));
      continue;
    }
    plan.encoder = fitted_to(*general, plan.job.trial);
    plan.general = true;
  }
  std::erase_if(plans, [](const RolePlan& plan) { return !plan.encoder; });
  if (plans.empty()) return errors;
  return Done{};
}

bool has_resets_or_steady_state(const Trial& trial) {
  for (const Subject& subject : trial.subjects)
    for (const Dose& dose : subject.doses)
      if (dose.reset > Dose::never || dose.steady_interval > 0) return true;
  return false;
}

void add_notes(const ClassPosterior& posterior, Role role, std::vector<std::string>& notes) {
  for (const std::string& other : posterior.same_model)
    notes.push_back(
        fmt::format("{} and {} are one model, with probability {:.3f} together: they differ only in {}",
                    posterior.model, other, posterior.joint_probability,
                    find_model(posterior.model)->has_infusion == find_model(other)->has_infusion
                        ? "which rate is the faster one"
                        : "who tells the duration of an infusion, which the doses do here"));
  if (!posterior.in_catalogue)
    notes.push_back(fmt::format(
        "{}: no class of the catalogue explains the data; {} is the most probable one (smallest misfit "
        "{:.1f}, at most 1 expected)",
        name_of(role), posterior.model, posterior.misfit));
}

}  // namespace

Result<Selection> select_models(const Trial& whole_trial, const SelectSettings& settings,
                                Progress& progress) {
  const Trial trial = quantified(whole_trial);
  const Result<std::filesystem::path> cache = cache_folder();
  if (!cache) return cache.errors();
  Selection selection;
  selection.trial = trial.name;
  std::vector<RolePlan> plans;
  for (Role role : {Role::pk, Role::pd}) {
    if (usable_subjects(trial, role).empty()) {
      selection.notes.push_back(fmt::format("{}: no usable observations, no class selected", name_of(role)));
      continue;
    }
    Result<TrainJob> job = job_for(trial, role, settings);
    if (!job) return job.errors();
    const std::filesystem::path folder = folder_of(*cache, *job);
    plans.push_back({std::move(*job), folder, cached(folder)});
  }
  if (plans.empty() || plans.front().job.role != Role::pk)
    return Error{Fault::bad_input, "no treated subject has a concentration after a dose", trial.name,
                 "Stage 1 needs concentrations to choose a class"};
  const auto has_encoder = [](const RolePlan& plan) { return plan.encoder.has_value(); };
  selection.from_cache = std::all_of(plans.begin(), plans.end(), has_encoder);
  if (!selection.from_cache) {
    const bool wanted = !settings.no_tune && settings.tune > 0;
    const bool tune = wanted && !training_program().empty();
    const Result<Done> ready =
        tune ? train_missing(plans, settings, progress) : take_general(plans, selection.notes);
    if (!ready) return ready.errors();
    if (wanted && !tune)
      selection.notes.push_back("the training program was not built: the general encoders answer, not tuned");
  }

  ExposureModel exposure;
  progress.begin("Stage 1: classes", plans.size());
  for (std::size_t i = 0; i < plans.size() && !interrupted(); ++i) {
    const Encoder& encoder = *plans[i].encoder;
    ClassPosterior& posterior = encoder.task.role == Role::pk ? selection.pk : selection.pd;
    posterior = class_posterior(encoder, trial, settings.threads);
    check_fit(encoder, trial, settings.seed, settings.threads, exposure, posterior);
    add_notes(posterior, encoder.task.role, selection.notes);
    posterior.encoder = plans[i].general ? "general" : "tuned";
    if (!plans[i].general) selection.tuning_seconds = std::max(selection.tuning_seconds, encoder.seconds);
    progress.update(i + 1, posterior.model);
  }
  progress.end();
  if (interrupted()) return Error{Fault::numerical, "interrupted", trial.name, ""};
  if (has_resets_or_steady_state(trial) &&
      std::any_of(plans.begin(), plans.end(), [](const RolePlan& plan) { return plan.general; }))
    selection.notes.push_back(
        "the trial has resets or doses at steady state, which the general encoders never saw in training: "
        "their posteriors are less certain than they say (tuning learns them)");
  return selection;
}

}  // namespace qdose
