#include "qdose/simulate/npy.hpp"

#include <fmt/format.h>

#include <bit>

namespace qdose {

static_assert(std::endian::native == std::endian::little, "the headers say so");

std::string npy_header(std::string_view descr, std::span<const std::uint64_t> shape) {
  std::string dimensions;
  for (const std::uint64_t n : shape) dimensions += fmt::format("{}, ", n);
  std::string text =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", descr, dimensions);
  constexpr std::size_t before = 10, unit = 64;  // magic, version and length; the header ends on a multiple
  text.append((unit - (before + text.size() + 1) % unit) % unit, ' ');
  text += '\n';
  std::string header("\x93NUMPY\x01\x00", 8);
  header += static_cast<char>(text.size() % 256);
  header += static_cast<char>(text.size() / 256);
  return header + text;
}

}  // namespace qdose
