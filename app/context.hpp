// What a command works with: common options, output folder, progress, and one way to say things as text or
// JSON.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "app/common_options.hpp"
#include "qdose/base/progress.hpp"
#include "qdose/base/result.hpp"

namespace qdose {

class Context {
 public:
  Context(CommonOptions options, std::string settings, std::string command_line);

  const CommonOptions& options() const { return options_; }
  std::uint64_t seed() const { return options_.seed; }
  int threads() const { return options_.threads; }

  /// Where a result goes: DIR/name.
  std::filesystem::path file(const std::string& name) const { return options_.file(name); }

  /// A bar on a terminal, silent elsewhere and with --quiet.
  Progress& progress() const;

  /// A line on what happens, on standard error; silent with --quiet and --json.
  void note(std::string_view line) const;

  /// The same for what only --verbose tells.
  void detail(std::string_view line) const;

  /// The command's answer on standard output: `text`, or with --json the document. Call it once. --quiet
  /// leaves the text out: the files have it.
  void answer(std::string_view text, const nlohmann::json& document) const;

  /// The command's settings as a JSON object, for the echo in a result.
  const std::string& settings() const { return settings_; }
  /// As the user typed it.
  const std::string& command_line() const { return command_line_; }

 private:
  CommonOptions options_;
  std::string settings_, command_line_;
};

/// Tells the faults: as text on standard error, or with `json` as {"errors": [...], "status": N} on standard
/// output. Returns the status to end with.
int report(const Errors& errors, bool json);

/// The same for what is nobody's Error: `fault` is "interrupted" or "internal". Returns `status`.
int report(std::string_view fault, std::string_view message, int status, bool json);

}  // namespace qdose
