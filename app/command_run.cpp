// qdose run TRIAL.csv: the whole way from a trial to the doses, one report at the end.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/dose_stage.hpp"
#include "app/encoder_scores.hpp"
#include "app/fit_stage.hpp"
#include "app/run_folder.hpp"
#include "app/select_stage.hpp"
#include "qdose/base/files.hpp"
#include "qdose/data/read_trial.hpp"
#include "qdose/data/write_trial.hpp"

namespace qdose {
namespace {

class RunCommand final : public Command {
 public:
  std::string_view name() const override { return "run"; }
  std::string_view summary() const override { return "everything: select, fit, kernel, doses, report"; }
  int position() const override { return 10; }

  void declare(Options& options) override {
    options.positional("TRIAL.csv", trial_, "trial in NONMEM layout");
    options.settings("classes", classes_);
    options.settings("select", select_);
    options.settings("fit", fit_);
    options.settings("kernel", kernel_, "kernel");
    options.settings("dose", dose_);
    options.resumable();
  }
  std::vector<std::filesystem::path> writes(const CommonOptions& options) const override {
    std::vector<std::filesystem::path> files;
    for (const char* name : {run_file::selection, "fit.json", "draws", run_file::kernel, "doses.json",
                             "doses.csv", run_file::subjects, run_file::info, run_file::report})
      files.push_back(options.file(name));
    return files;
  }

  Result<Done> run(Context& context) override {
    const Result<Trial> trial = read_trial(trial_);
    if (!trial) return trial.errors();
    if (const auto sound = check_dose_request(*trial, dose_); !sound) return sound;
    resume_ = context.options().resume && same_trial(*trial, context);
    results_.info = make_run_info(*trial, context);
    for (const std::string& note : trial->notes) context.note("note: " + note);
    const Stopwatch total;
    for (const auto stage : {&RunCommand::select, &RunCommand::fit, &RunCommand::kernel, &RunCommand::doses})
      if (const auto done = (this->*stage)(*trial, context); !done) return done;
    for (const std::string& id : {results_.selection.pk.model, results_.selection.pd.model})
      results_.info.classes.push_back(class_info(id));
    results_.info.stages.push_back({"total", total.seconds()});
    if (const auto saved = save(results_.info, context.file(run_file::info).string()); !saved) return saved;
    results_.encoders = encoder_scores(context.options().out);
    const auto report = context.file(run_file::report);
    if (const auto written = write_report(results_, report.string()); !written) return written;
    tell(context, report);
    return Done{};
  }

 private:
  /// True when the folder's earlier run was on this very trial.
  static bool same_trial(const Trial& trial, const Context& context) {
    const auto kept = read_file(context.file(run_file::trial));
    return kept.ok() && *kept == trial_text(trial);
  }
  void took(const char* stage, const Stopwatch& watch) {
    results_.info.stages.push_back({stage, watch.seconds()});
  }

  Result<Done> select(const Trial& trial, Context& context) {
    const Stopwatch watch;
    const auto path = context.file(run_file::selection).string();
    if (resume_ && std::filesystem::exists(path)) {
      auto kept = load_selection(path);
      if (!kept) return kept.errors();
      results_.selection = std::move(*kept);
      context.note("selection: as found in the folder");
    } else {
      auto made = select_stage(trial, select_, classes_, context);
      if (!made) return made.errors();
      results_.selection = std::move(*made);
      if (const auto saved = save(results_.selection, path); !saved) return saved;
      if (const auto saved = write_trial(trial, context.file(run_file::trial)); !saved) return saved;
    }
    took("select", watch);
    context.note(selection_text(results_.selection));
    return Done{};
  }

  Result<Done> fit(const Trial& trial, Context& context) {
    const Stopwatch watch;
    const bool kept = resume_ && std::filesystem::exists(context.file("fit.json"));
    auto made = kept ? load_fit(context.options().out) : fit_stage(trial, results_.selection, fit_, context);
    if (!made) return made.errors();
    results_.fit = std::move(*made);
    took("fit", watch);
    context.note(fit_text(results_.fit));
    return Done{};
  }

  Result<Done> kernel(const Trial&, Context& context) {
    const Stopwatch watch;
    auto made = kernel_stage(results_.fit, kernel_, context);
    if (!made) return made.errors();
    kernel_model_ = std::move(*made);
    results_.kernel = kernel_model_.result;
    took("kernel", watch);
    context.note(kernel_text(results_.kernel));
    return Done{};
  }

  Result<Done> doses(const Trial& trial, Context& context) {
    const Stopwatch watch;
    auto made = dose_stage(trial, results_.fit, &kernel_model_, dose_, context);
    if (!made) return made.errors();
    results_.doses = std::move(*made);
    auto subjects = subject_stage(trial, results_.fit, dose_, context);
    if (!subjects) return subjects.errors();
    results_.subjects = std::move(*subjects);
    took("doses", watch);
    return Done{};
  }

  void tell(const Context& context, const std::filesystem::path& report) const {
    nlohmann::json summary = {{"report", report.string()},
                              {"pk_class", results_.fit.pk_class},
                              {"pd_class", results_.fit.pd_class},
                              {"r_hat_max", results_.fit.r_hat_max},
                              {"ess_bulk_min", results_.fit.ess_bulk_min},
                              {"divergences", results_.fit.divergences}};
    for (const StageSeconds& s : results_.info.stages) summary["seconds"][s.stage] = s.seconds;
    std::string text = answer_text(results_.doses) + "\n\nseconds:";
    for (const StageSeconds& s : results_.info.stages) text += fmt::format(" {} {:.1f}", s.stage, s.seconds);
    context.answer(text + "\nreport: " + std::filesystem::absolute(report).string(), summary);
  }

  std::string trial_;
  ClassSettings classes_;
  SelectSettings select_;
  FitSettings fit_;
  KernelSettings kernel_;
  DoseSettings dose_;
  bool resume_ = false;
  RunResults results_;
  KernelModel kernel_model_;
};

}  // namespace

std::unique_ptr<Command> make_run_command() { return std::make_unique<RunCommand>(); }

}  // namespace qdose
