// What diagnostics say of a sampler's work, in words that name the parameter.
#pragma once
#include <string>

#include "qdose/results/fit.hpp"

namespace qdose {

/// Adds to `notes`: R-hat above 1.01, fewer than 400 effective draws (bulk or tail), divergences and where
/// they lie, E-BFMI below 0.3, trajectories cut off at `max_depth` doublings. Nothing where all is well.
void add_sampler_notes(int max_depth, Fit& fit);

/// The reported quantity in whose tail the divergent draws lie most clearly, in words such as "most where
/// omega_EC50 is small"; empty when there are fewer than three of them or they lie anywhere. The mean rank of
/// m draws from anywhere has the standard error 1 / sqrt(12 m): clear is four of these.
std::string where_divergent(const Fit& fit);

}  // namespace qdose
