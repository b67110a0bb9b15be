// Figures and tables of a report as files. The page draws itself in a browser; this asks an installed one.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "qdose/base/result.hpp"

namespace qdose {

/// Opens the page without a window and writes its figures (SVG and CSV) and tables (CSV) below `folder`.
/// Returns the paths written. Fault::file when no Chromium is on the path, it fails, or a file cannot be
/// written.
Result<std::vector<std::filesystem::path>> export_page(const std::filesystem::path& page,
                                                       const std::filesystem::path& folder);

}  // namespace qdose
