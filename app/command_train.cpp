// qdose train pk|pd: trains an encoder, or the report's five to compare them.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "app/command.hpp"
#include "qdose/base/files.hpp"
#include "qdose/data/read_trial.hpp"
#include "qdose/results/evaluation.hpp"
#include "qdose/stage1_classify/train_process.hpp"
#include "qdose/stage1_classify/train_settings.hpp"
#include "qdose/stage1_classify/trial_problem.hpp"

namespace qdose {
namespace {

constexpr const char* sweep_file = "sweep.json";

/// Whether the folder's checkpoint belongs to this job: everything but threads and device must be the same.
Result<bool> can_resume(const TrainJob& job, const std::filesystem::path& folder) {
  if (!std::filesystem::exists(folder / checkpoint_file)) return false;
  const Result<std::string> text = read_file(folder / job_file);
  if (!text) return text.errors();
  Result<TrainJob> kept = parse_train_job(*text, (folder / job_file).string());
  if (!kept) return kept.errors();
  kept->threads = job.threads;
  kept->device = job.device;
  if (to_json(*kept) != to_json(job))
    return Error{Fault::bad_usage, "the training in the folder has other settings",
                 (folder / job_file).string(), "repeat them, or leave --resume out"};
  return true;
}

Result<Evaluation> train_one(const TrainJob& job, const std::filesystem::path& folder, Context& context) {
  bool resume = false;
  if (context.options().resume) {
    if (std::filesystem::exists(folder / evaluation_file) &&
        !std::filesystem::exists(folder / checkpoint_file))
      return load_evaluation((folder / evaluation_file).string());
    const Result<bool> possible = can_resume(job, folder);
    if (!possible) return possible.errors();
    resume = *possible;
  }
  const TrainingRun run{job, folder, resume};
  if (const auto done = run_trainings({&run, 1}, "training " + job.config.name, context.progress()); !done)
    return done.errors();
  std::error_code ignored;  // of no use any more; a left-over does no harm
  std::filesystem::remove(folder / checkpoint_file, ignored);
  return load_evaluation((folder / evaluation_file).string());
}

std::string line_of(const Evaluation& e) {
  return fmt::format(
      "{:<6} accuracy {:.4f} +- {:.4f}  cross-entropy {:.4f}  masked mse {:.4f}  ece {:.4f}  {} samples, "
      "{:.0f} s\n",
      e.encoder, e.subject.accuracy, e.subject.accuracy_se, e.subject.cross_entropy, e.masked_mse,
      e.subject.ece, e.samples_seen, e.seconds);
}

class TrainCommand final : public Command {
 public:
  std::string_view name() const override { return "train"; }
  std::string_view summary() const override { return "train an encoder on endless fresh virtual trials"; }
  int position() const override { return 110; }

  void declare(Options& options) override {
    options.choice("WHAT", what_, {"pk", "pd"}, "classes to tell apart: pk or pd");
    options.settings("train", settings_);
    options.app().add_option("--trial", trial_file_, "trial for --priors trial")->type_name("FILE");
    options.resumable();
  }
  std::vector<std::filesystem::path> writes(const CommonOptions& options) const override {
    if (settings_.sweep) return {options.file(sweep_file)};
    return {options.file(encoder_file), options.file(evaluation_file), options.file(log_file)};
  }

  Result<Done> run(Context& context) override {
    std::optional<Trial> trial;
    if (!trial_file_.empty()) {
      Result<Trial> read = read_trial(trial_file_);
      if (!read) return read.errors();
      trial = quantified(std::move(*read));
    }
    const Role role = what_ == "pk" ? Role::pk : Role::pd;
    const auto job = [&](const TrainSettings& settings) {
      return train_job(settings, role, trial ? &*trial : nullptr, context.seed(), context.threads());
    };
    if (settings_.sweep) return sweep(job, context);
    const Result<TrainJob> one = job(settings_);
    if (!one) return one.errors();
    const Result<Evaluation> result = train_one(*one, context.options().out, context);
    if (!result) return result.errors();
    context.answer(line_of(*result), nlohmann::json::parse(to_json(*result)));
    return Done{};
  }

 private:
  template <class JobOf>
  Result<Done> sweep(const JobOf& job_of, Context& context) {
    std::string text;
    nlohmann::json table = nlohmann::json::array();
    for (const EncoderConfig& config : report_configs()) {
      TrainSettings settings = settings_;
      settings.encoder = config.name;
      const Result<TrainJob> job = job_of(settings);
      if (!job) return job.errors();
      const Result<Evaluation> result = train_one(*job, context.file(config.name), context);
      if (!result) return result.errors();
      table.push_back(nlohmann::json::parse(to_json(*result)));
      text += line_of(*result);
    }
    if (const auto saved = write_file(context.file(sweep_file), table.dump(2) + "\n"); !saved) return saved;
    context.answer(text, table);
    return Done{};
  }

  std::string what_, trial_file_;
  TrainSettings settings_;
};

}  // namespace

std::unique_ptr<Command> make_train_command() { return std::make_unique<TrainCommand>(); }

}  // namespace qdose
