// NumPy's file format for plain arrays, version 1.0 (NEP 1): a text header, then the numbers in C order.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace qdose {

/// Header for an array of this shape; `descr` is "<f4" (float32), "<f8", "<i2" (int16). A multiple of 64
/// bytes.
std::string npy_header(std::string_view descr, std::span<const std::uint64_t> shape);

/// Bytes of an array of plain numbers, as they lie in memory.
template <class T>
std::string_view bytes_of(std::span<const T> numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()};
}

}  // namespace qdose
