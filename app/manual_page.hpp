// The manual page in the language of man(7).
#pragma once
#include <string>
#include <vector>

#include "app/declarations.hpp"

namespace qdose {

/// qdose(1): what the program is for, every command with its words and flags, examples, exit status, files.
std::string manual_page(const std::vector<DeclaredCommand>& commands);

}  // namespace qdose
