#include "qdose/stage1_classify/encoder_cache.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fmt/format.h>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

#include "qdose/base/interrupt.hpp"

namespace qdose {
namespace {

constexpr int content_version =
    2;  // raise it when features, priors or training change what an encoder learns

/// FNV-1a, 64 bits.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ull;
  for (unsigned char c : text) hash = (hash ^ c) * 0x100000001b3ull;
  return hash;
}

}  // namespace

Result<std::filesystem::path> cache_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && *cache != '\0') return std::filesystem::path(cache) / "qdose";
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home != '\0') return std::filesystem::path(home) / ".cache" / "qdose";
  return Error{Fault::file, "there is no place to keep a tuned encoder", "XDG_CACHE_HOME",
               "set XDG_CACHE_HOME to a folder"};
}

std::filesystem::path folder_of(const std::filesystem::path& cache, const TrainJob& job) {
  TrainJob content = job;
  content.threads = 0;
  return cache / fmt::format("{}-{:016x}", job.role == Role::pk ? "pk" : "pd",
                             hash_of(fmt::format("{} {}", content_version, to_json(content))));
}

Result<FolderLock> FolderLock::wait_for(const std::filesystem::path& folder) {
  std::error_code fault;
  std::filesystem::create_directories(folder, fault);
  const std::filesystem::path path = folder / "lock";
  const int file = open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644);
  if (file < 0)
    return Error{Fault::file, std::string("cannot write: ") + std::strerror(errno), path.string(),
                 "set XDG_CACHE_HOME to a folder that can be written"};
  FolderLock lock(file);
  while (flock(file, LOCK_EX | LOCK_NB) != 0) {
    if (interrupted()) return Error{Fault::numerical, "interrupted", path.string(), ""};
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  return lock;
}

FolderLock::FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

FolderLock::~FolderLock() {
  if (file_ >= 0) close(file_);
}

}  // namespace qdose
