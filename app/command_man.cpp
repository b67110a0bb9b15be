// qdose man: the manual page, written from the declarations that --help shows.
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "app/manual_page.hpp"
#include "app/program.hpp"

namespace qdose {
namespace {

class ManCommand final : public Command {
 public:
  std::string_view name() const override { return "man"; }
  std::string_view summary() const override { return "the manual page, for man(1)"; }
  int position() const override { return 210; }
  void declare(Options&) override {}

  Result<Done> run(Context& context) override {
    const std::string page = manual_page(declarations(all_commands()));
    context.answer(page, {{"page", page}});
    return Done{};
  }
};

}  // namespace

std::unique_ptr<Command> make_man_command() { return std::make_unique<ManCommand>(); }

}  // namespace qdose
