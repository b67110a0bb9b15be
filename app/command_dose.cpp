// qdose dose: the dose search again, from the fit in the output folder, for another threshold, grid or
// interval.
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/dose_stage.hpp"
#include "app/fit_stage.hpp"
#include "app/run_folder.hpp"
#include "qdose/base/files.hpp"
#include "qdose/stage3_covariates/fit_kernel.hpp"

namespace qdose {
namespace {

class DoseCommand final : public Command {
 public:
  std::string_view name() const override { return "dose"; }
  std::string_view summary() const override {
    return "which dose: scenarios A to D from the fit in --out DIR";
  }
  int position() const override { return 80; }

  void declare(Options& options) override {
    options.settings("dose", settings_);
    options.settings("kernel", kernel_, "kernel");
  }
  std::vector<std::filesystem::path> writes(const CommonOptions& options) const override {
    return {options.file("doses.json"), options.file("doses.csv"), options.file(run_file::subjects)};
  }

  Result<Done> run(Context& context) override {
    const Result<Trial> trial = trial_of(context.options().out);
    if (!trial) return trial.errors();
    if (const auto sound = check_dose_request(*trial, settings_); !sound) return sound;
    const Result<Fit> fit = load_fit(context.options().out);
    if (!fit) return fit.errors();
    auto ranks = settings_.mpi ? mpi_ranks() : Result<std::unique_ptr<Ranks>>(single_rank());
    if (!ranks) return ranks.errors();
    const Result<KernelModel> kernel = kernel_of(*fit, context, **ranks);
    if (!kernel) return kernel.errors();
    const Result<Doses> doses = dose_stage(*trial, *fit, &*kernel, settings_, context, ranks->get());
    if (!doses) return doses.errors();
    if (!(*ranks)->is_first()) return Done{};
    if (const auto subjects = subject_stage(*trial, *fit, settings_, context); !subjects)
      return subjects.errors();
    const auto text = read_file(context.file("doses.json"));
    if (!text) return text.errors();
    context.answer(answer_text(*doses), nlohmann::json::parse(*text));
    return Done{};
  }

 private:
  /// One of the ranks saves kernel.json; the others compute the same.
  Result<KernelModel> kernel_of(const Fit& fit, const Context& context, const Ranks& ranks) const {
    if (ranks.is_first()) return kernel_stage(fit, kernel_, context);
    KernelSettings settings = kernel_;
    settings.seed = context.seed(), settings.threads = context.threads();
    return fit_kernel(fit, settings, silent_progress());
  }

  DoseSettings settings_;
  KernelSettings kernel_;
};

}  // namespace

std::unique_ptr<Command> make_dose_command() { return std::make_unique<DoseCommand>(); }

}  // namespace qdose
