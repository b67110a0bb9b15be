#include "qdose/base/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

#include "qdose/base/progress_line.hpp"

namespace qdose {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::size_t terminal_width() {
  winsize size = {};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 79;
  return size.ws_col - 1u;
}

class TerminalProgress final : public Progress {
 public:
  void begin(std::string_view task, std::size_t total) override {
    task_ = task;
    note_.clear();
    done_ = 0;
    total_ = total;
    start_ = Clock::now();
    draw();
  }
  void update(std::size_t done, std::string_view note) override {
    done_ = done;
    note_ = note;
    if (seconds_since(drawn_) >= 0.1) draw();
  }
  void end() override {
    draw();
    std::fputc('\n', stderr);
  }

 private:
  void draw() {
    const ProgressState state{task_, note_, done_, total_, seconds_since(start_)};
    // Return to the line's start and clear it: the last line may have been longer.
    std::fprintf(stderr, "\r\033[K%s", progress_line(state, terminal_width()).c_str());
    std::fflush(stderr);
    drawn_ = Clock::now();
  }

  std::string task_, note_;
  std::size_t done_ = 0, total_ = 0;
  Clock::time_point start_, drawn_;
};

}  // namespace

Progress& silent_progress() {
  static Progress progress;
  return progress;
}

Progress& terminal_progress() {
  static TerminalProgress progress;
  return isatty(STDERR_FILENO) ? progress : silent_progress();
}

}  // namespace qdose
