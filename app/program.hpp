// From the words on the command line to a command that ran.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "app/command.hpp"

namespace qdose {

/// All commands in the order of --help.
std::vector<std::unique_ptr<Command>> all_commands();

/// Runs what `arguments` (without the program's name) ask for and returns the status to end with: 0, a
/// Fault's number, 70 for an exception that nobody expected, 130 after an interrupt.
int run_program(const std::vector<std::string>& arguments,
                std::vector<std::unique_ptr<Command>> commands = all_commands());

}  // namespace qdose
