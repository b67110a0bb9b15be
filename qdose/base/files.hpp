// Files that are whole or not there: written beside their name, then renamed.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "qdose/base/result.hpp"

namespace qdose {

/// The content of a file, or Fault::file with the system's reason.
Result<std::string> read_file(const std::filesystem::path& path);

/// Replaces the file in one step; creates its folder when missing. Readers see the old or the new content,
/// never a part.
Result<Done> write_file(const std::filesystem::path& path, std::string_view content);

}  // namespace qdose
