// qdose evaluate pk|pd: an encoder's honest scores on fresh samples, next to the best that is possible.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "app/command.hpp"
#include "app/evaluate_stage.hpp"

namespace qdose {
namespace {

constexpr const char* result_file = "evaluation.json";

class EvaluateCommand final : public Command {
 public:
  std::string_view name() const override { return "evaluate"; }
  std::string_view summary() const override { return "scores of an encoder on fresh virtual trials"; }
  int position() const override { return 120; }

  void declare(Options& options) override {
    options.choice("WHAT", what_, {"pk", "pd"}, "classes to tell apart: pk or pd");
    options.settings("evaluate", settings_);
  }
  std::vector<std::filesystem::path> writes(const CommonOptions& options) const override {
    return {options.file(result_file)};
  }

  Result<Done> run(Context& context) override {
    const Result<Evaluation> result = evaluate_stage(what_ == "pk" ? Role::pk : Role::pd, settings_, context);
    if (!result) return result.errors();
    if (const auto saved = save(*result, context.file(result_file).string()); !saved) return saved;
    context.answer(evaluation_text(*result), nlohmann::json::parse(to_json(*result)));
    return Done{};
  }

 private:
  std::string what_;
  EvaluateSettings settings_;
};

}  // namespace

std::unique_ptr<Command> make_evaluate_command() { return std::make_unique<EvaluateCommand>(); }

}  // namespace qdose
