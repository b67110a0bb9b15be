// Several processes share the virtual subjects of a search, and all of them know the whole result.
#pragma once
#include <vector>

#include "qdose/base/work_share.hpp"
#include "qdose/dosing/required_dose.hpp"

namespace qdose {

/// The doses of one replicate, [courses][subjects].
using CourseDoses = std::vector<std::vector<AttainedDoses>>;

/// Fills the entries of `found`, one a job, that other processes have solved. False when one of them was
/// stopped (`stopped` here, or elsewhere).
bool share_results(const WorkShare& share, bool stopped, std::vector<CourseDoses>& found);

}  // namespace qdose
