// "Which class made a trial of any design?": what the general encoder is trained on.
#pragma once
#include <cstdint>
#include <memory>

#include "qdose/stage1_classify/problem.hpp"

namespace qdose {

/// Trials of random designs (random_design.hpp) with populations from the priors that are scaled to a trial
/// (simulate/priors.hpp). The route is told in half of them. Parameters are learned in the trial's own units
/// (trial_units.hpp), so that reference levels are zero. All trials of one call of draw() have about the same
/// number of samples, which follows from first_item.
std::unique_ptr<Problem> make_general_problem(Role role, std::uint64_t seed);

}  // namespace qdose
