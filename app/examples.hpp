// Examples of every command, for --help and the manual page; a test runs the program on each.
#pragma once
#include <span>
#include <string_view>

namespace qdose {

struct Example {
  std::string_view words;    ///< as typed after "qdose "
  std::string_view purpose;  ///< what for, one line
};

/// Examples of a command; of the program as a whole for the empty name. Empty for a command without any.
std::span<const Example> examples_of(std::string_view command);

}  // namespace qdose
