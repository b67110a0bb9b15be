// Reads a trial in NONMEM's layout and says everything that is wrong with it at once.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "qdose/base/result.hpp"
#include "qdose/data/trial.hpp"

namespace qdose {

/// A trial from a CSV file; docs/file-formats.md has the rules. Faults carry "file:line:column", what is
/// wrong and what to try; at most 50 are listed. Doubtful but usable things become Trial::notes.
Result<Trial> read_trial(const std::filesystem::path& path);

/// The same from text; `name` stands for the file in messages.
Result<Trial> parse_trial(std::string_view text, const std::string& name);

}  // namespace qdose
