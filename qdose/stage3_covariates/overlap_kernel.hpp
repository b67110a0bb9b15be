// |<a|b>|^2 for panels of states, in registers: what fidelity Gram matrices spend their time in.
#pragma once
#include <cstddef>

namespace qdose {

namespace overlap {
/// States of a panel lie side by side: floats [panels][dimension][planes][panel].
inline constexpr std::size_t panel = 32, planes = 4;
/// What the planes hold of an amplitude: real part, imaginary part, their sum and their difference.
inline constexpr std::size_t re = 0, im = 1, sum = 2, difference = 3;
/// Floats of scratch memory for a product of a_panels by b_panels panels.
inline constexpr std::size_t scratch(std::size_t a_panels, std::size_t b_panels) {
  return a_panels * b_panels * panel * panel * 3;
}
}  // namespace overlap

/// out[i * stride + j] = |<a_i|b_j>|^2 for all states of the panels. Pointers to panels and scratch are
/// aligned to 64 bytes. Error below 1e-6 for normalised states.
namespace avx2 {
void fidelities(const float* a, std::size_t a_panels, const float* b, std::size_t b_panels,
                std::size_t dimension, float* sums, float* out, std::size_t stride);
}
namespace avx512 {
void fidelities(const float* a, std::size_t a_panels, const float* b, std::size_t b_panels,
                std::size_t dimension, float* sums, float* out, std::size_t stride);
}

}  // namespace qdose
