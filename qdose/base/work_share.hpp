// This process among those that share a piece of work.
#pragma once
#include <cstddef>
#include <functional>
#include <vector>

namespace qdose {

/// Job j belongs to the process j % size.
struct WorkShare {
  int rank = 0, size = 1;
  /// Every process's numbers, by rank. All call it in the same order.
  std::function<std::vector<std::vector<double>>(const std::vector<double>&)> gather = {};

  bool is_mine(std::size_t job) const {
    return job % static_cast<std::size_t>(size) == static_cast<std::size_t>(rank);
  }
};

}  // namespace qdose
