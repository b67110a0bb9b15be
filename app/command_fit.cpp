// qdose fit TRIAL.csv: Stage 2 for named classes, or for those that Stage 1 selects.
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/fit_stage.hpp"
#include "app/run_folder.hpp"
#include "app/select_stage.hpp"
#include "qdose/base/files.hpp"
#include "qdose/data/read_trial.hpp"

namespace qdose {
namespace {

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
    options.resumable();
  }
  std::vector<std::filesystem::path> writes(const CommonOptions& options) const override {
    return {options.file("fit.json"), options.file("draws"), options.file("sbc.json"),
            options.file("samplers.json")};
  }

  Result<Done> run(Context& context) override {
    const Result<Trial> trial = read_trial(trial_);
    if (!trial) return trial.errors();
    const Result<Selection> selection = select_stage(*trial, select_, classes_, context, Ranking::of_need);
    if (!selection) return selection.errors();
    const Result<Fit> fit = fit_stage(*trial, *selection, settings_, context);
    if (!fit) return fit.errors();
    std::string words = fit_text(*fit);
    if (calibration_.sbc > 0) {
      const auto calibration = calibration_stage(*trial, *selection, *fit, settings_, calibration_, context);
      if (!calibration) return calibration.errors();
      words += calibration_text(*calibration);
    }
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
  std::string trial_;
  ClassSettings classes_;
  FitSettings settings_;
  CalibrationSettings calibration_;
  BakeOffSettings bake_off_;
  SelectSettings select_;
};

}  // namespace

std::unique_ptr<Command> make_fit_command() { return std::make_unique<FitCommand>(); }

}  // namespace qdose
