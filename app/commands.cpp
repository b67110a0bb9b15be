// The table of commands: the build lists every app/command_NAME.cpp in commands.inc.
#include <algorithm>

#include "app/program.hpp"

namespace qdose {

#define QDOSE_COMMAND(name) std::unique_ptr<Command> make_##name##_command();
#include "app/commands.inc"
#undef QDOSE_COMMAND

std::vector<std::unique_ptr<Command>> all_commands() {
  std::vector<std::unique_ptr<Command>> commands;
#define QDOSE_COMMAND(name) commands.push_back(make_##name##_command());
#include "app/commands.inc"
#undef QDOSE_COMMAND
  std::ranges::sort(commands, {}, [](const auto& command) { return command->position(); });
  return commands;
}

}  // namespace qdose
