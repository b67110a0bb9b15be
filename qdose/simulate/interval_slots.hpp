// One interval of the steady state in as few slots as can be.
#pragma once
#include <vector>

#include "qdose/simulate/kernels.hpp"

namespace qdose {

/// The slots that take the amounts of a PK class without modes from the start of an interval to its end:
/// neighbours become one where nothing is given between them and the zero-order input stays the same in
/// every lane. `slots` cover one interval; the sum of the steps (h) and the doses (mg) are kept.
std::vector<PkPlan::Slot> interval_slots(const std::vector<PkPlan::Slot>& slots);

}  // namespace qdose
