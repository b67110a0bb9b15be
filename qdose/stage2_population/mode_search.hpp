// The mode of a population with its variabilities held.
#pragma once
#include <cstdint>
#include <vector>

#include "qdose/stage2_population/ascent.hpp"
#include "qdose/stage2_population/population_density.hpp"

namespace qdose {

/// The best of a few dozen points from the prior of the typical values, then a climb with the residual error
/// lowered step by step (a large one first: its density is smooth far from the data) and in the end free.
/// Omegas are held at the centre of their prior: the joint density has no useful maximum in them.
/// Deterministic in (seed, item); log_density is -infinity when no point has a finite density.
Ascent find_mode(PopulationDensity& density, std::uint64_t seed, std::size_t item);

/// Coordinates of the residual errors, as far as there are any.
std::vector<std::ptrdiff_t> error_places(const Layout& layout);

/// Coordinates of the omegas, and with `hold_errors` of the residual errors.
std::vector<std::size_t> held_places(const Layout& layout, bool hold_errors);

}  // namespace qdose
