#include "qdose/base/part_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace qdose {
namespace {

Error failed(const char* what, const std::filesystem::path& path, int code) {
  return {Fault::file, fmt::format("{}: {}", what, std::strerror(code)), path.string(),
          code == ENOSPC ? "free some disk space" : ""};
}

std::filesystem::path part_of(const std::filesystem::path& path) {
  return path.parent_path() / fmt::format(".{}.part", path.filename().string());
}

}  // namespace

PartFile::PartFile(std::filesystem::path path, int file, bool mine)
    : path_(std::move(path)), part_(part_of(path_)), file_(file), mine_(mine) {}

PartFile::PartFile(PartFile&& other) noexcept
    : path_(std::move(other.path_)),
      part_(std::move(other.part_)),
      file_(std::exchange(other.file_, -1)),
      mine_(std::exchange(other.mine_, false)) {}

PartFile::~PartFile() {
  if (file_ >= 0) ::close(file_);
  if (mine_) ::unlink(part_.c_str());
}

Result<PartFile> PartFile::create(const std::filesystem::path& path, std::uint64_t size) {
  std::error_code failure;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), failure);
  if (failure) return failed("cannot create the folder of", path, failure.value());
  const int file = ::open(part_of(path).c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return failed("cannot create", path, errno);
  PartFile part(path, file, true);
  if (::ftruncate(file, static_cast<off_t>(size)) != 0) return failed("cannot make room for", path, errno);
  return part;
}

Result<PartFile> PartFile::open(const std::filesystem::path& path) {
  const int file = ::open(part_of(path).c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return failed("cannot open the part of", path, errno);
  return PartFile(path, file, false);
}

Result<Done> PartFile::write_at(std::uint64_t offset, std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("cannot write", path_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return Done{};
}

Result<Done> PartFile::read_at(std::uint64_t offset, std::span<char> bytes) const {
  while (!bytes.empty()) {
    const ssize_t got = ::pread(file_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return failed("cannot read", path_, got < 0 ? errno : EIO);
    bytes = bytes.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return Done{};
}

Result<Done> PartFile::keep() {
  // Without this a crash of the machine could leave the name without the content.
  if (::fsync(file_) != 0) return failed("cannot write", path_, errno);
  if (::rename(part_.c_str(), path_.c_str()) != 0) return failed("cannot replace", path_, errno);
  mine_ = false;
  return Done{};
}

}  // namespace qdose
