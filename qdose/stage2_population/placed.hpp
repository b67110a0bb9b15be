// Sorting numbers that must be found again.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace qdose {

/// A number and its place among those that it came with.
struct Placed {
  double value = 0;
  std::uint32_t place = 0;
};

/// Finite numbers, ascending; the order of equal ones is not told. At most 2^31 of them.
std::vector<Placed> sorted_with_places(std::span<const double> x);

}  // namespace qdose
