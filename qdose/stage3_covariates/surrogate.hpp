// What a classical computer offers in place of a quantum kernel: random waves of the same frequencies.
#pragma once
#include <cstdint>

#include "qdose/stage3_covariates/basis.hpp"

namespace qdose {

/// `waves` functions cos(omega.x + phase) of unit inputs with frequencies of a map of `layers` layers: every
/// component of omega is bandwidth * pi times a whole number drawn from the sum of `layers` steps of -1, 0, 0
/// and 1, the spectrum of a repeated one-qubit rotation (Schuld, Sweke and Meyer 2021; Landman et al. 2022).
/// Same seed, same waves.
Kernel random_wave_kernel(int inputs, int layers, double bandwidth, int waves, std::uint64_t seed);

}  // namespace qdose
