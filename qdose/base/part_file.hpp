// Large files that are filled in any order under a temporary name and appear under their own name when they
// are whole.
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

#include "qdose/base/result.hpp"

namespace qdose {

/// The file `.NAME.part` beside `path`. Reading and writing are safe from several threads, and from several
/// processes that open the same part.
class PartFile {
 public:
  /// Makes the part, `size` bytes long and all 0; creates its folder when missing. It goes with this object
  /// unless kept.
  static Result<PartFile> create(const std::filesystem::path& path, std::uint64_t size);
  /// The part that another process made.
  static Result<PartFile> open(const std::filesystem::path& path);

  PartFile(PartFile&& other) noexcept;
  PartFile& operator=(PartFile&&) = delete;
  ~PartFile();

  Result<Done> write_at(std::uint64_t offset, std::string_view bytes) const;
  /// Fills `bytes`; the end of the file before that is Fault::file.
  Result<Done> read_at(std::uint64_t offset, std::span<char> bytes) const;
  /// Gives the file its name, in one step, once it is on the disk. Only for who made it.
  Result<Done> keep();

 private:
  PartFile(std::filesystem::path path, int file, bool mine);
  std::filesystem::path path_, part_;
  int file_;
  bool mine_;
};

}  // namespace qdose
