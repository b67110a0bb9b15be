// What to tell about a result file that this version cannot read.
#pragma once
#include <exception>
#include <string>

#include "qdose/base/result.hpp"

namespace qdose {

/// The error for a result file in which reading failed with `cause`: whether it is damaged (no JSON) or of
/// another version (JSON without what this version expects), and as hint the command that writes it again,
/// `qdose WORDS --out FOLDER --force` with the file's folder.
Error unreadable(Fault fault, const std::exception& cause, const std::string& path, const std::string& words);

}  // namespace qdose
