// qdose fit TRIAL.csv: Stage 2 for named classes, or for those that Stage 1 selects.
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/fit_stage.hpp"
#include "app/run_folder.hpp"
#include "app/select_stage.hpp"
#include "qdose/base/files.hpp"
#include "qdose/data/read_trial.hpp"
#include "qdose/distributed/ranks.hpp"

namespace qdose {
namespace {

/// Whether processes share the work.
struct ProcessSettings {
  bool mpi = false;

  template <class Visitor>
  void visit(Visitor&& v) {
    v("mpi", mpi,
      "share chains and refits among the processes that mpirun started; --pk and --pd must be named");
  }
};

class FitCommand final : public Command {
 public:
  std::string_view name() const override { return "fit"; }
  std::string_view summary() const override {
    return "Stage 2: the hierarchical model by quantum-inspired HMC";
  }
  int position() const override { return 60; }

  void declare(Options& options) override {
    options.positional("TRIAL.csv", trial_, "trial in NONMEM layout");
    options.settings("classes", classes_);
    options.settings("fit", settings_);
    options.settings("select", select_);
    options.settings("calibration", calibration_);
    options.settings("bake_off", bake_off_);
    options.settings("processes", processes_);
    options.resumable();
  }
  std::vector<std::filesystem::path> writes(const CommonOptions& options) const override {
    return {options.file("fit.json"), options.file("draws"), options.file("sbc.json"),
            options.file("samplers.json")};
  }

  Result<Done> run(Context& context) override {
    const Result<Trial> trial = read_trial(trial_);
    if (!trial) return trial.errors();
    if (const Errors wrong = wrong_requests(); !wrong.empty()) return wrong;
    auto ranks = processes_.mpi ? mpi_ranks() : Result<std::unique_ptr<Ranks>>(single_rank());
    if (!ranks) return ranks.errors();
    const WorkShare among{(*ranks)->rank(), (*ranks)->size(),
                          [&](const auto& mine) { return (*ranks)->gather(mine); }};
    const WorkShare* share = among.size > 1 ? &among : nullptr;
    const Result<Selection> selection = select_stage(*trial, select_, classes_, context, Ranking::of_need);
    if (!selection) return selection.errors();
    const Result<Fit> fit = fit_stage(*trial, *selection, settings_, context, share);
    if (!fit) return fit.errors();
    std::string words = fit_text(*fit);
    if (calibration_.sbc > 0) {
      const auto calibration =
          calibration_stage(*trial, *selection, *fit, settings_, calibration_, context, share);
      if (!calibration) return calibration.errors();
      words += calibration_text(*calibration);
    }
    if (!(*ranks)->is_first()) return Done{};
    if (bake_off_.bake_off > 0) {
      const auto bake_off = bake_off_stage(*trial, *selection, *fit, settings_, bake_off_, context);
      if (!bake_off) return bake_off.errors();
      words += text_of(*bake_off);
    }
    const auto text = read_file(context.file("fit.json"));
    if (!text) return text.errors();
    context.answer(words, nlohmann::json::parse(*text));
    return Done{};
  }

 private:
  /// What can be told before the fit, all at once.
  Errors wrong_requests() const {
    Errors errors;
    const bool after = calibration_.sbc > 0 || bake_off_.bake_off > 0;
    if (processes_.mpi && (classes_.pk.empty() || classes_.pd.empty()))
      errors.push_back({Fault::bad_usage, "processes that share a fit must be told its classes", "mpi",
                        "name them by --pk and --pd; qdose select finds them"});
    if (calibration_.sbc != 0 && calibration_.sbc < fewest_refits)
      errors.push_back({Fault::bad_usage, "setting 'sbc' is out of range", "sbc", "0, or 20 and more"});
    if (bake_off_.bake_off > 0 && bake_off_.budget < smallest_budget)
      errors.push_back({Fault::bad_usage, "setting 'budget' is out of range", "budget", "10000 or more"});
    if (after && settings_.sampler == "report")
      errors.push_back({Fault::bad_usage, "the report's sampler adapts nothing: refits with it say nothing",
                        "sampler", "--sbc and --bake-off go with qihmc, hmc and nuts"});
    return errors;
  }

  std::string trial_;
  ClassSettings classes_;
  FitSettings settings_;
  CalibrationSettings calibration_;
  BakeOffSettings bake_off_;
  SelectSettings select_;
  ProcessSettings processes_;
};

}  // namespace

std::unique_ptr<Command> make_fit_command() { return std::make_unique<FitCommand>(); }

}  // namespace qdose
