// What a reader of a fit should know, in words.
#pragma once
#include "qdose/results/fit.hpp"

namespace qdose {

/// Adds notes on what the data left out, modes, support, convergence, divergences and cross-validation.
/// `searches`: log densities of the modes that independent searches found; `restarted`: chains moved out of
/// modes without mass.
void add_notes(const std::vector<double>& searches, int restarted, Fit& fit);

}  // namespace qdose
