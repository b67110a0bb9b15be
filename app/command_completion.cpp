// qdose completion SHELL: a script with which the shell completes commands, flags and words.
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/completion.hpp"
#include "app/program.hpp"

namespace qdose {
namespace {

class CompletionCommand final : public Command {
 public:
  std::string_view name() const override { return "completion"; }
  std::string_view summary() const override { return "a completion script for bash, zsh or fish"; }
  int position() const override { return 200; }

  void declare(Options& options) override {
    options.choice("SHELL", shell_, {"bash", "zsh", "fish"}, "for which shell");
  }

  Result<Done> run(Context& context) override {
    const std::string script = completion_script(shell_, declarations(all_commands()));
    context.answer(script, {{"shell", shell_}, {"script", script}});
    return Done{};
  }

 private:
  std::string shell_;
};

}  // namespace

std::unique_ptr<Command> make_completion_command() { return std::make_unique<CompletionCommand>(); }

}  // namespace qdose
