// A program started beside this one, with its output lines.
#pragma once
#include <sys/types.h>
#include <filesystem>
#include <string>
#include <vector>

#include "qdose/base/result.hpp"

namespace qdose {

/// A running child. Destroying it kills what still runs.
class ChildProcess {
 public:
  /// Starts `program` (posix_spawn) with standard output and error piped to this process.
  static Result<ChildProcess> start(const std::filesystem::path& program,
                                    const std::vector<std::string>& arguments);
  ~ChildProcess();
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;

  /// Complete lines of standard output since the last call; waits up to `milliseconds` for something to
  /// happen.
  std::vector<std::string> lines(int milliseconds);
  bool running() const { return running_; }
  /// Exit status once not running; 128 + signal when a signal ended it.
  int status() const { return status_; }
  /// Everything it wrote to standard error so far.
  const std::string& errors() const { return errors_; }
  /// SIGTERM now; SIGKILL when it has not ended after `patience_seconds`.
  void stop(double patience_seconds);

 private:
  ChildProcess(pid_t pid, int out, int err) : pid_(pid), out_(out), err_(err) {}
  void read_pipes(int milliseconds);
  void reap(bool wait);

  pid_t pid_ = -1;
  int out_ = -1, err_ = -1, status_ = 0;
  bool running_ = true;
  std::string pending_, errors_;
};

}  // namespace qdose
