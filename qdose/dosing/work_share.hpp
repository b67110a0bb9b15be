// Several processes share the virtual subjects of a search, and all of them know the whole result.
#pragma once
#include <functional>
#include <vector>

#include "qdose/dosing/required_dose.hpp"

namespace qdose {

/// This process among those that share the work. Job j belongs to the process j % size.
struct WorkShare {
  int rank = 0, size = 1;
  /// Every process's numbers, by rank. All call it in the same order.
  std::function<std::vector<std::vector<double>>(const std::vector<double>&)> gather = {};

  bool is_mine(std::size_t job) const {
    return job % static_cast<std::size_t>(size) == static_cast<std::size_t>(rank);
  }
};

/// The doses of one replicate, [courses][subjects].
using CourseDoses = std::vector<std::vector<AttainedDoses>>;

/// Fills the entries of `found`, one a job, that other processes have solved. False when one of them was
/// stopped (`stopped` here, or elsewhere).
bool share_results(const WorkShare& share, bool stopped, std::vector<CourseDoses>& found);

}  // namespace qdose
