// Slips that leave a file readable: another unit of time or dose, kinds of values exchanged, codes for
// missing.
#pragma once
#include <string>
#include <vector>

#include "qdose/data/trial.hpp"

namespace qdose {

/// What in a sound trial looks like a slip, as questions to its author; empty for an ordinary trial. Nothing
/// is changed: each of these can be meant.
std::vector<std::string> doubts_about(const Trial& trial);

}  // namespace qdose
