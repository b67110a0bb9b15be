// What a reader of a fit should know, in words.
#pragma once
#include "qdose/results/fit.hpp"

namespace qdose {

/// Adds notes on what the data left out, modes, support, what the prior says, the sampler's work
/// (add_sampler_notes) and cross-validation.
/// `searches`: log densities of the modes that independent searches found; `restarted`: chains moved out of
/// modes without mass; `max_depth`: the most doublings of a trajectory.
void add_notes(const std::vector<double>& searches, int restarted, int max_depth, Fit& fit);

}  // namespace qdose
