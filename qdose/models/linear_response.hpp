// What a linear class gives that is not a sum of exponentials.
#pragma once
#include <array>
#include <cstddef>

namespace qdose {

/// What of a unit in each state is in the observed one after a time, and its derivatives by the N rates that
/// it is made of. S: an array over states.
template <class S, std::size_t N>
struct LinearResponse {
  S share;
  std::array<S, N> slope;
};

}  // namespace qdose
