// qdose kernel fit|evaluate|circuit: Stage 3 alone.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/fit_stage.hpp"
#include "app/run_folder.hpp"
#include "qdose/base/files.hpp"

namespace qdose {
namespace {

class KernelCommand final : public Command {
 public:
  std::string_view name() const override { return "kernel"; }
  std::string_view summary() const override { return "Stage 3: the quantum kernel on the fit in --out DIR"; }
  int position() const override { return 70; }

  void declare(Options& options) override {
    options.choice("WHAT", what_, {"fit"}, "what to do: fit");
    options.settings("kernel", settings_);
  }
  std::vector<std::filesystem::path> writes(const CommonOptions& options) const override {
    return {options.file(run_file::kernel)};
  }

  Result<Done> run(Context& context) override {
    const Result<Fit> fit = load_fit(context.options().out);
    if (!fit) return fit.errors();
    const Result<KernelModel> kernel = kernel_stage(*fit, settings_, context);
    if (!kernel) return kernel.errors();
    const auto text = read_file(context.file(run_file::kernel));
    if (!text) return text.errors();
    context.answer(kernel_text(kernel->result), nlohmann::json::parse(*text));
    return Done{};
  }

 private:
  std::string what_;
  KernelSettings settings_;
};

}  // namespace

std::unique_ptr<Command> make_kernel_command() { return std::make_unique<KernelCommand>(); }

}  // namespace qdose
