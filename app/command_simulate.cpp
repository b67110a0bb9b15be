// qdose simulate trial: a virtual trial in NONMEM layout, with its truth.
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "qdose/base/files.hpp"
#include "qdose/data/write_trial.hpp"
#include "qdose/simulate/virtual_trial.hpp"

namespace qdose {
namespace {

class SimulateCommand final : public Command {
 public:
  std::string_view name() const override { return "simulate"; }
  std::string_view summary() const override { return "make a virtual trial whose truth is known"; }
  int position() const override { return 40; }

  void declare(Options& options) override {
    options.choice("WHAT", what_, {"trial"}, "what to simulate: trial");
    options.settings("simulate", settings_);
  }

  std::vector<std::filesystem::path> writes(const CommonOptions& options) const override {
    return {options.file("trial.csv"), options.file("truth.json")};
  }

  Result<Done> run(Context& context) override {
    const auto design = design_of(settings_);
    const auto truth = truth_of(settings_);
    Errors errors;
    if (!design) errors.insert(errors.end(), design.errors().begin(), design.errors().end());
    if (!truth) errors.insert(errors.end(), truth.errors().begin(), truth.errors().end());
    if (!errors.empty()) return errors;
    const auto made = simulate_trial(*design, *truth, context.seed());
    if (!made) return made.errors();
    if (const auto saved = write_trial(made->trial, context.file("trial.csv")); !saved) return saved;
    const std::string document = truth_json(*made, *design, context.seed());
    if (const auto saved = write_file(context.file("truth.json"), document); !saved) return saved;
    context.answer(
        "trial: " + context.file("trial.csv").string() + "\ntruth: " + context.file("truth.json").string(),
        nlohmann::json::parse(document));
    return Done{};
  }

 private:
  std::string what_;
  VirtualTrialSettings settings_;
};

}  // namespace

std::unique_ptr<Command> make_simulate_command() { return std::make_unique<SimulateCommand>(); }

}  // namespace qdose
