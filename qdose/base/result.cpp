#include "qdose/base/result.hpp"

#include <fmt/format.h>

#include "qdose/base/expects.hpp"

namespace qdose {

std::string describe(const Errors& errors) {
  std::string text;
  for (const Error& e : errors) {
    text += e.place.empty() ? e.message : fmt::format("{}: {}", e.place, e.message);
    if (!e.hint.empty()) text += fmt::format("\n    try: {}", e.hint);
    text += '\n';
  }
  return text;
}

int exit_status(const Errors& errors) {
  expects(!errors.empty(), "a failed result names its faults");
  return static_cast<int>(errors.front().fault);
}

}  // namespace qdose
