// A first look at a population before it is sampled: its mode, the omegas that fit, and a normal picture of
// every subject.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "qdose/stage2_population/local_population.hpp"
#include "qdose/stage2_population/population_density.hpp"

namespace qdose {

struct Pilot {
  std::shared_ptr<const PopulationProblem> problem;  ///< the local population points into its structure
  LocalPopulation local;
  Inclusion inclusion;           ///< every effect, every omega at the mode of its profile
  Eigen::VectorXd mode;          ///< centred coordinates, omegas as in `inclusion`
  double log_evidence = 0;       ///< of the data, by the pictures, omegas and errors held; up to no constant
  std::vector<double> searches;  ///< log density (variability held) of the mode that each search found
  long gradients = 0;
};

/// `searches` independent climbs as in find_mode; from the best one, three rounds of: local pictures,
/// omegas by their profiles, typical values and effects with individuals integrated out, residual errors
/// corrected for the parameters that individuals take up, individuals climb again. The density must be
/// centred, as it is when new. Deterministic in the seed. Fault::numerical when no search finds a finite
/// density.
Result<Pilot> explore(const PopulationDensity& density, int searches, std::uint64_t seed, int threads);

/// The same rounds from a pilot's mode on, on the same problem, with hardly any variability (omega 0.003) of
/// the parameters that are left out; each must vary in the pilot. Its evidence tells whether the data miss
/// them.
Result<Pilot> explore_without(const Pilot& pilot, const std::vector<bool>& left_out);

}  // namespace qdose
