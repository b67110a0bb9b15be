// Trials like the one observed, simulated from the posterior: new subjects with the same covariates, doses
// and times.
#pragma once
#include <cstdint>
#include <vector>

#include "qdose/stage2_population/posterior.hpp"

namespace qdose {

/// Values of one replicate [subject][observation], both roles, in the order of the trial's. A value below the
/// stated limit of its observation is half that limit, as in the data.
struct Replicate {
  std::vector<std::vector<double>> pk, pd;
};

/// About `wanted` replicates, each from another draw, with residual error.
std::vector<Replicate> replicates(const Posterior& posterior, std::size_t wanted, std::uint64_t seed,
                                  int threads);

}  // namespace qdose
