#include "qdose/results/unreadable.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

namespace qdose {
namespace {

/// The library's message without its number in brackets.
std::string own_words(const std::exception& cause) {
  const std::string text = cause.what();
  const std::size_t end = text.starts_with('[') ? text.find("] ") : std::string::npos;
  return end == std::string::npos ? text : text.substr(end + 2);
}

}  // namespace

Error unreadable(Fault fault, const std::exception& cause, const std::string& path,
                 const std::string& words) {
  const bool damaged = dynamic_cast<const nlohmann::json::parse_error*>(&cause) != nullptr;
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return {fault,
          fmt::format("{}: {}",
                      damaged ? "cut off or damaged" : "written by another version of qdose, or by hand",
                      own_words(cause)),
          path,
          fmt::format("write it again: qdose {} --out {} --force", words, folder.empty() ? "." : folder)};
}

}  // namespace qdose
