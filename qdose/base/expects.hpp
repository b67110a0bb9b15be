// Our own mistakes stop the program at once, with their place; they are never reported as the user's.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace qdose {

/// Ends the program with status 70 when `condition`, which only a fault of ours can break, does not hold.
inline void expects(bool condition, const char* what,
                    std::source_location place = std::source_location::current()) {
  if (condition) [[likely]]
    return;
  std::fprintf(stderr, "qdose: internal error at %s:%u: expected: %s\n", place.file_name(), place.line(),
               what);
  std::_Exit(70);
}

}  // namespace qdose
