#include "qdose/base/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace qdose {
namespace {

/// An open file that is closed on every way out.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }
  bool close() { return ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

Error system_error(const char* what, const std::filesystem::path& path, int code) {
  std::string hint;
  if (code == ENOENT) hint = "check the spelling of the path";
  if (code == EACCES || code == EPERM || code == EROFS) hint = "check the permissions";
  if (code == ENOSPC) hint = "free some disk space";
  return {Fault::file, fmt::format("{}: {}", what, std::strerror(code)), path.string(), hint};
}

/// Writes all bytes; 0 or the system's error code.
int write_all(int file, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

/// A name beside `path` that no other thread or process uses.
std::filesystem::path temporary_beside(const std::filesystem::path& path) {
  static std::atomic<unsigned> count = 0;
  return path.parent_path() / fmt::format(".{}.{}-{}", path.filename().string(), ::getpid(), count++);
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return system_error("cannot open", path, errno);
  std::string content;
  constexpr std::size_t step = 1 << 16;
  for (;;) {
    const std::size_t size = content.size();
    content.resize(size + step);
    const ssize_t got = ::read(file.get(), content.data() + size, step);
    content.resize(size + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got == 0) return content;
    if (got < 0 && errno != EINTR) return system_error("cannot read", path, errno);
  }
}

Result<Done> write_file(const std::filesystem::path& path, std::string_view content) {
  std::error_code failure;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), failure);
  if (failure) return system_error("cannot create the folder of", path, failure.value());

  const std::filesystem::path temporary = temporary_beside(path);
  const auto give_up = [&](const char* what, int code) {
    ::unlink(temporary.c_str());
    return system_error(what, path, code);
  };
  Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (file.get() < 0) return system_error("cannot create", path, errno);
  if (const int code = write_all(file.get(), content)) return give_up("cannot write", code);
  // Without this a crash of the machine could leave the new name with the old disk's content.
  if (::fsync(file.get()) != 0) return give_up("cannot write", errno);
  if (!file.close()) return give_up("cannot write", errno);
  if (::rename(temporary.c_str(), path.c_str()) != 0) return give_up("cannot replace", errno);
  return Done{};
}

}  // namespace qdose
