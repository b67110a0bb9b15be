// NumPy files as tests need them: the header's text and the numbers.
#pragma once
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "qdose/base/expects.hpp"
#include "qdose/base/files.hpp"

namespace qdose {

template <class T>
struct NpyFile {
  std::string header;
  std::vector<T> numbers;
};

template <class T>
NpyFile<T> read_npy(const std::filesystem::path& path) {
  const std::string bytes = *read_file(path);
  expects(bytes.substr(0, 8) == std::string("\x93NUMPY\x01\x00", 8), "a NumPy file");
  const std::size_t length =
      static_cast<unsigned char>(bytes[8]) + 256u * static_cast<unsigned char>(bytes[9]);
  expects((10 + length) % 64 == 0, "an aligned header");
  NpyFile<T> file{bytes.substr(10, length), std::vector<T>((bytes.size() - 10 - length) / sizeof(T))};
  std::memcpy(file.numbers.data(), bytes.data() + 10 + length, file.numbers.size() * sizeof(T));
  return file;
}

/// The same bytes in the files of two folders.
inline bool same_files(const std::filesystem::path& a, const std::filesystem::path& b) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(a)) {
    const auto other = b / entry.path().filename();
    if (!std::filesystem::exists(other) || *read_file(entry.path()) != *read_file(other)) return false;
    ++count;
  }
  return count > 0;
}

}  // namespace qdose
