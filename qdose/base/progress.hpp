// How long work tells what it is doing: a bar on a terminal, nothing elsewhere.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace qdose {

/// Receives the progress of one task at a time. Calls may come from any thread, one at a time.
class Progress {
 public:
  virtual ~Progress() = default;
  /// A task of `total` units starts; total 0 when unknown.
  virtual void begin(std::string_view, std::size_t) {}
  /// `done` units are finished; `note` is a short remark (a rate, an accuracy).
  virtual void update(std::size_t, std::string_view = {}) {}
  virtual void end() {}
};

/// Reports nothing.
Progress& silent_progress();

/// A bar on standard error with rate and time left, redrawn at most ten times a second; silent when standard
/// error is no terminal.
Progress& terminal_progress();

}  // namespace qdose
