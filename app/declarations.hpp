// What the commands declare, as data: the one source of --help, shell completion and the manual page.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "app/command.hpp"

namespace qdose {

/// Adds the options that every command takes, in a group of their own.
void add_common_options(Options& options, CommonOptions& common);

struct DeclaredFlag {
  std::string name;      ///< "--seed"
  std::string negation;  ///< "--no-stir"; empty when there is none
  std::string help;
  std::string value_name;  ///< "INT", "FILE"; empty for a switch
  std::string standard;    ///< the value when the flag is not given
  bool is_common = false;  ///< every command takes it
};

struct DeclaredWord {
  std::string name, help;
  std::vector<std::string> allowed;  ///< empty: anything
  bool is_required = false;
};

struct DeclaredCommand {
  std::string name, summary;
  std::vector<DeclaredWord> words;
  std::vector<DeclaredFlag> flags;
};

/// Every command's declarations, in the order given.
std::vector<DeclaredCommand> declarations(const std::vector<std::unique_ptr<Command>>& commands);

}  // namespace qdose
