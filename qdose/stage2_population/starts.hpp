// Where chains start: draws from the normal picture of the population that the pilot made, spread out.
#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "qdose/stage2_population/pilot.hpp"

namespace qdose {

/// Positions for `density`, one a chain, whose structure is that of the pilot or a part of it: a draw of
/// typical values, effects and individuals, `dispersion` standard deviations wide; halved until the density
/// is as high as such a step in a normal density would leave it. `density` first learns its coordinates from
/// other draws (of width 1). Deterministic in (seed, chain). Fault::numerical when the density is not finite
/// near the pilot's mode.
Result<std::vector<Eigen::VectorXd>> starts_around(const Pilot& pilot, const Inclusion& inclusion,
                                                   PopulationDensity& density, int chains, double dispersion,
                                                   std::uint64_t seed);

struct Starts {
  std::vector<Eigen::VectorXd> positions;  ///< one a chain
  std::vector<double> modes;               ///< as Pilot::searches
  long gradients = 0;
};

/// A pilot of the density itself, one search a chain, and starts around it.
Result<Starts> find_starts(PopulationDensity& density, int chains, double dispersion, std::uint64_t seed,
                           int threads);

}  // namespace qdose
