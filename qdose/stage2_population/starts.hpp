// Where chains start: dispersed around modes that each chain finds on its own.
#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "qdose/stage2_population/population_density.hpp"

namespace qdose {

struct Starts {
  std::vector<Eigen::VectorXd> positions;  ///< one a chain
  std::vector<double> modes;  ///< log density (variability held) of the mode that each chain found
  long gradients = 0;
};

/// For every chain: the best of a few dozen points from the prior of the typical values, a climb with the
/// residual error lowered step by step and the omegas held (the joint density has no useful maximum in them),
/// then a random step of `dispersion` posterior standard deviations as its curvature tells. Deterministic in
/// (seed, chain). A chain whose search fails starts from the best other mode; Fault::numerical when all fail.
Result<Starts> find_starts(const PopulationDensity& density, int chains, double dispersion,
                           std::uint64_t seed, int threads);

}  // namespace qdose
