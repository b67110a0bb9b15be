#include "app/ink.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

namespace qdose {

bool has_colours(std::FILE* stream) {
  const char* off = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return isatty(fileno(stream)) == 1 && !(off && *off) && terminal && std::string_view(terminal) != "dumb";
}

std::string painted(std::string_view text, Ink ink, std::FILE* stream) {
  if (!has_colours(stream)) return std::string(text);
  constexpr const char* codes[] = {"1", "1;31", "36", "2"};
  return fmt::format("\033[{}m{}\033[0m", codes[static_cast<int>(ink)], text);
}

}  // namespace qdose
