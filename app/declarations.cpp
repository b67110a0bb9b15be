#include "app/declarations.hpp"

#include <algorithm>

namespace qdose {
namespace {

constexpr const char* common_group = "Options of every command";

DeclaredFlag flag_of(const CLI::Option& option) {
  DeclaredFlag flag;
  flag.help = option.get_description();
  flag.is_common = option.get_group() == common_group;
  flag.standard = option.get_default_str();
  for (const std::string& name : option.get_lnames())
    (flag.name.empty() ? flag.name : flag.negation) = "--" + name;
  if (option.get_expected_max() > 0) flag.value_name = option.get_type_name();
  return flag;
}

DeclaredCommand declared(Command& command) {
  CLI::App app;
  Options options(app);
  CommonOptions common;
  command.declare(options);
  add_common_options(options, common);
  DeclaredCommand result{std::string(command.name()), std::string(command.summary()), {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional())
      result.words.push_back({option->get_name(true), option->get_description(),
                              options.allowed(option->get_name(true)), option->get_required()});
    else if (!option->get_lnames().empty())
      result.flags.push_back(flag_of(*option));
  }
  return result;
}

}  // namespace

void add_common_options(Options& options, CommonOptions& common) {
  CLI::App& app = options.app();
  options.settings("", common);
  app.add_option("--config", common.config, "TOML file with settings; flags win over it")->type_name("FILE");
  app.add_flag("--quiet", common.quiet, "say nothing but faults");
  app.add_flag("--verbose", common.verbose, "say more: settings used, files written, time and memory taken");
  app.add_flag("--json", common.json, "answer and faults as one JSON document");
  app.add_flag("--force", common.force, "overwrite existing results");
  if (options.is_resumable())
    app.add_flag("--resume", common.resume, "go on from what an interrupted run left");
  for (const char* name : {"--seed", "--threads", "--out", "--config", "--quiet", "--verbose", "--json",
                           "--force", "--resume", "--help"})
    if (CLI::Option* option = app.get_option_no_throw(name)) option->group(common_group);
}

std::vector<DeclaredCommand> declarations(const std::vector<std::unique_ptr<Command>>& commands) {
  std::vector<DeclaredCommand> result;
  for (const auto& command : commands) result.push_back(declared(*command));
  return result;
}

}  // namespace qdose
