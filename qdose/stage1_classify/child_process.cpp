#include "qdose/stage1_classify/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <utility>

extern char** environ;

namespace qdose {
namespace {

/// Both ends close by themselves in children that are started later.
bool make_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC) == 0; }

void close_all(std::initializer_list<int> files) {
  for (int file : files)
    if (file >= 0) close(file);
}

/// Appends what a pipe holds; false at its end.
bool drain(int file, std::string& to) {
  char buffer[4096];
  const ssize_t n = read(file, buffer, sizeof buffer);
  if (n > 0) to.append(buffer, static_cast<std::size_t>(n));
  return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::filesystem::path& program,
                                         const std::vector<std::string>& arguments) {
  int out[2] = {-1, -1}, err[2] = {-1, -1};
  if (!make_pipe(out) || !make_pipe(err)) {
    close_all({out[0], out[1], err[0], err[1]});
    return Error{Fault::file, std::string("no pipe: ") + std::strerror(errno), program.string(), ""};
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
  std::string name = program.string();
  std::vector<std::string> words = arguments;
  std::vector<char*> argv{name.data()};
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t pid = -1;
  // Its own process group: Ctrl-C reaches this process alone, which then ends the child tidily.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  const int failure = posix_spawn(&pid, name.c_str(), &actions, &attributes, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close_all({out[1], err[1]});
  if (failure != 0) {
    close_all({out[0], err[0]});
    return Error{Fault::file, std::string("cannot start: ") + std::strerror(failure), name, ""};
  }
  return ChildProcess(pid, out[0], err[0]);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      out_(std::exchange(other.out_, -1)),
      err_(std::exchange(other.err_, -1)),
      status_(other.status_),
      running_(std::exchange(other.running_, false)),
      pending_(std::move(other.pending_)),
      errors_(std::move(other.errors_)) {}

ChildProcess::~ChildProcess() {
  if (running_ && pid_ > 0) stop(0);
  close_all({out_, err_});
}

void ChildProcess::read_pipes(int milliseconds) {
  pollfd files[2] = {{out_, POLLIN, 0}, {err_, POLLIN, 0}};  // poll ignores closed ones (-1)
  if (poll(files, 2, milliseconds) <= 0) return;
  int* const places[2] = {&out_, &err_};
  std::string* const texts[2] = {&pending_, &errors_};
  for (int i = 0; i < 2; ++i) {
    if ((files[i].revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
    if (drain(*places[i], *texts[i])) continue;
    close(*places[i]);
    *places[i] = -1;
  }
}

void ChildProcess::reap(bool wait) {
  int status = 0;
  pid_t done = 0;
  do done = waitpid(pid_, &status, wait ? 0 : WNOHANG);
  while (done < 0 && errno == EINTR);
  if (done == 0) return;
  running_ = false;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::vector<std::string> ChildProcess::lines(int milliseconds) {
  if (running_) {
    if (out_ >= 0 || err_ >= 0) read_pipes(milliseconds);
    if (out_ < 0 && err_ < 0) reap(true);
  }
  std::vector<std::string> complete;
  for (std::size_t end = pending_.find('\n'); end != std::string::npos; end = pending_.find('\n')) {
    complete.push_back(pending_.substr(0, end));
    pending_.erase(0, end + 1);
  }
  return complete;
}

void ChildProcess::stop(double patience_seconds) {
  using Clock = std::chrono::steady_clock;
  if (!running_) return;
  kill(pid_, SIGTERM);
  const auto end = Clock::now() + std::chrono::duration<double>(patience_seconds);
  while (running_ && Clock::now() < end) {
    read_pipes(50);
    reap(false);
  }
  if (!running_) return;
  kill(pid_, SIGKILL);
  reap(true);
}

}  // namespace qdose
