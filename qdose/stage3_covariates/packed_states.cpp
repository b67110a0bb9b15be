#include "qdose/stage3_covariates/packed_states.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>

namespace qdose {
namespace {

constexpr std::align_val_t line{64};

bool has_avx512() {
  const char* wanted = std::getenv("QDOSE_KERNELS");
  if (wanted != nullptr && std::string_view(wanted) == "avx2") return false;
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
}

}  // namespace

void AlignedDelete::operator()(float* p) const { ::operator delete[](p, line); }

AlignedFloats aligned_floats(std::size_t count) {
  return AlignedFloats(
      static_cast<float*>(::operator new[](std::max<std::size_t>(count, 1) * sizeof(float), line)));
}

PackedStates::PackedStates(const std::complex<float>* states, std::size_t count, std::size_t dimension)
    : count_(count), dimension_(dimension) {
  constexpr std::size_t width = overlap::panel, step = overlap::planes * width;
  data_ = aligned_floats(panels() * dimension * step);
  for (std::size_t p = 0; p < panels(); ++p) {
    float* out = data_.get() + p * dimension * step;
    const std::size_t used = std::min(width, count - p * width);
    if (used < width) std::memset(out, 0, dimension * step * sizeof(float));
    for (std::size_t first = 0; first < dimension; first += 8)  // a cache line of each state
      for (std::size_t i = 0; i < used; ++i) {
        const std::complex<float>* state = states + (p * width + i) * dimension;
        for (std::size_t k = first; k < std::min(first + 8, dimension); ++k) {
          float* at = out + k * step + i;
          const float re = state[k].real(), im = state[k].imag();
          at[overlap::re * width] = re, at[overlap::im * width] = im;
          at[overlap::sum * width] = re + im, at[overlap::difference * width] = re - im;
        }
      }
  }
}

OverlapTile::OverlapTile(std::size_t a_panels, std::size_t b_panels)
    : sums_(aligned_floats(overlap::scratch(a_panels, b_panels))) {}

void OverlapTile::fill(const PackedStates& a, std::size_t first_a, std::size_t a_panels,
                       const PackedStates& b, std::size_t first_b, std::size_t b_panels, float* out,
                       std::size_t stride) {
  static const auto fidelities = has_avx512() ? avx512::fidelities : avx2::fidelities;
  fidelities(a.panel(first_a), a_panels, b.panel(first_b), b_panels, a.dimension(), sums_.get(), out, stride);
}

}  // namespace qdose
