// Scripts for shells, written from the commands' declarations.
#pragma once
#include <string>
#include <vector>

#include "app/declarations.hpp"

namespace qdose {

/// For `shell` bash, zsh or fish: completes commands, their flags, the words that a command takes out of a
/// few, and file names everywhere else.
std::string completion_script(const std::string& shell, const std::vector<DeclaredCommand>& commands);

}  // namespace qdose
