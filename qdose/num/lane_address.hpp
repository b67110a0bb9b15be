// Where eight streams of random numbers begin.
#pragma once
#include <array>
#include <cstdint>

#include "qdose/base/random.hpp"

namespace qdose {

/// Lane l is the stream (seed, purpose, items[l], sub_item).
struct LaneAddress {
  std::uint64_t seed = 0;
  Purpose purpose = Purpose::training;
  std::array<std::uint64_t, 8> items{};
  std::uint32_t sub_item = 0;
};

}  // namespace qdose
