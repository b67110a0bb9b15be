// How well each observation is predicted by all others.
#pragma once
#include "qdose/results/fit.hpp"
#include "qdose/stage2_population/posterior.hpp"

namespace qdose {

/// Leave-one-observation-out elpd of both roles together, given the subject's other observations (conditional
/// on its individual parameters), from about `draws` draws by PSIS. worst_k is the largest shape of a tail;
/// above 0.7 the sum rests on few draws.
LooSummary cross_validate(const Posterior& posterior, std::size_t draws, int threads);

}  // namespace qdose
