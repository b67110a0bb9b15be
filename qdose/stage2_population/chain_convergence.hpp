// Convergence of the coordinates of chains, read off their draws in place.
#pragma once
#include <vector>

#include "qdose/stage2_population/sampler.hpp"

namespace qdose {

/// Of `count` coordinates from `first` on.
std::vector<Convergence> convergence_over(const std::vector<const Chain*>& chains, std::size_t first,
                                          std::size_t count, int threads);

}  // namespace qdose
