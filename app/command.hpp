// What a command is. Adding one is adding a file app/command_NAME.cpp that defines
//
//   std::unique_ptr<Command> make_NAME_command();
//
// The build finds the file by its name (app/CMakeLists.txt); --help, the configuration file, typo
// suggestions, --json and the check for existing results follow from what the class declares.
// command_check.cpp is a small example.
#pragma once
#include <filesystem>
#include <string_view>
#include <vector>

#include "app/context.hpp"
#include "app/options.hpp"
#include "qdose/base/result.hpp"

namespace qdose {

class Command {
 public:
  virtual ~Command() = default;

  /// The word on the command line, for example "fit".
  virtual std::string_view name() const = 0;

  /// One line for --help.
  virtual std::string_view summary() const = 0;

  /// Where --help lists it: commands stand in the order of this number, that of the work.
  virtual int position() const = 0;

  /// Declares arguments and settings. Everything handed to `options` must live as long as the command.
  virtual void declare(Options& options) = 0;

  /// Files and folders that the command writes, known before it starts: without --force none may exist.
  virtual std::vector<std::filesystem::path> writes(const CommonOptions&) const { return {}; }

  /// Does the work. Faults end the program with exit_status(errors).
  virtual Result<Done> run(Context& context) = 0;
};

}  // namespace qdose
