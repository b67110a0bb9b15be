// qdose select TRIAL.csv: which PK and PD class the trial follows.
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/run_folder.hpp"
#include "app/select_stage.hpp"
#include "qdose/base/files.hpp"
#include "qdose/data/read_trial.hpp"

namespace qdose {
namespace {

class SelectCommand final : public Command {
 public:
  std::string_view name() const override { return "select"; }
  std::string_view summary() const override { return "Stage 1: which PK and PD class the trial follows"; }
  int position() const override { return 50; }

  void declare(Options& options) override {
    options.positional("TRIAL.csv", trial_, "trial in NONMEM layout");
    options.settings("select", settings_);
  }
  std::vector<std::filesystem::path> writes(const CommonOptions& options) const override {
    return {options.file(run_file::selection)};
  }

  Result<Done> run(Context& context) override {
    const Result<Trial> trial = read_trial(trial_);
    if (!trial) return trial.errors();
    const Result<Selection> selection = select_stage(*trial, settings_, {}, context);
    if (!selection) return selection.errors();
    const auto path = context.file(run_file::selection);
    if (const auto saved = save(*selection, path.string()); !saved) return saved;
    const auto text = read_file(path);
    if (!text) return text.errors();
    context.answer(selection_text(*selection), nlohmann::json::parse(*text));
    return Done{};
  }

 private:
  std::string trial_;
  SelectSettings settings_;
};

}  // namespace

std::unique_ptr<Command> make_select_command() { return std::make_unique<SelectCommand>(); }

}  // namespace qdose
