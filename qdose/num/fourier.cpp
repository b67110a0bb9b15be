#include "qdose/num/fourier.hpp"

#include <bit>
#include <cmath>
#include <numbers>
#include <tuple>
#include <utility>

#include "qdose/base/expects.hpp"

namespace qdose {
namespace {

struct Pair {
  Batch re, im;
};

[[gnu::always_inline]] inline Pair load(const ComplexLanes& x) {
  return {Batch::load(x.re), Batch::load(x.im)};
}

[[gnu::always_inline]] inline void store(ComplexLanes& x, const Pair& p) {
  p.re.store(x.re);
  p.im.store(x.im);
}

[[gnu::always_inline]] inline Pair operator+(const Pair& a, const Pair& b) {
  return {a.re + b.re, a.im + b.im};
}
[[gnu::always_inline]] inline Pair operator-(const Pair& a, const Pair& b) {
  return {a.re - b.re, a.im - b.im};
}
[[gnu::always_inline]] inline Pair operator*(const Pair& a, const Pair& b) {
  return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

/// exp(-pi i j / 4).
constexpr double half_root = std::numbers::sqrt2 / 2;
constexpr double eighth_re[4] = {1, half_root, 0, -half_root}, eighth_im[4] = {0, -half_root, -1, -half_root};

/// The butterfly of lanes a and b of one element; `j` of exp(-pi i j / 4) is where the root stands.
template <bool roots_last>
void butterfly(ComplexLanes& x, std::size_t a, std::size_t b, std::size_t j) {
  const double c = eighth_re[j], s = eighth_im[j];
  const auto times_root = [&](double re, double im) { return std::pair{re * c - im * s, re * s + im * c}; };
  if constexpr (roots_last) {
    const double re = x.re[a] - x.re[b], im = x.im[a] - x.im[b];
    x.re[a] += x.re[b];
    x.im[a] += x.im[b];
    std::tie(x.re[b], x.im[b]) = times_root(re, im);
  } else {
    const auto [re, im] = times_root(x.re[b], x.im[b]);
    x.re[b] = x.re[a] - re;
    x.im[b] = x.im[a] - im;
    x.re[a] += re;
    x.im[a] += im;
  }
}

/// The stage of `half` (4, 2 or 1) butterflies within each element.
template <bool roots_last>
void stage_within(ComplexLanes& x, std::size_t half) {
  for (std::size_t first = 0; first < 8; first += 2 * half)
    for (std::size_t j = 0; j < half; ++j)
      butterfly<roots_last>(x, first + j, first + j + half, j * (4 / half));
}

}  // namespace

Fourier::Fourier(std::size_t size) : size_(size) {
  expects(size >= 8 && std::has_single_bit(size), "a power of two of at least 8");
  for (std::size_t half = 8; half < size; half *= 2)
    for (std::size_t j = 0; j < half; j += 8) {
      ComplexLanes& root = roots_.emplace_back();
      for (std::size_t l = 0; l < 8; ++l) {
        const double angle = -std::numbers::pi * static_cast<double>(j + l) / static_cast<double>(half);
        root.re[l] = std::cos(angle);
        root.im[l] = std::sin(angle);
      }
    }
}

void Fourier::to_frequencies(std::vector<ComplexLanes>& x) const {
  expects(x.size() == size_ / 8, "as many numbers as the transform is made for");
  for (std::size_t half = x.size() / 2; half > 0; half /= 2) {
    const ComplexLanes* root = roots_.data() + (half - 1);
    for (std::size_t first = 0; first < x.size(); first += 2 * half)
      for (std::size_t j = first; j < first + half; ++j) {
        const Pair a = load(x[j]), b = load(x[j + half]);
        store(x[j], a + b);
        store(x[j + half], (a - b) * load(root[j - first]));
      }
  }
  for (ComplexLanes& element : x)
    for (std::size_t half : {4, 2, 1}) stage_within<true>(element, half);
}

void Fourier::from_frequencies(std::vector<ComplexLanes>& x) const {
  expects(x.size() == size_ / 8, "as many numbers as the transform is made for");
  for (ComplexLanes& element : x)
    for (std::size_t half : {1, 2, 4}) stage_within<false>(element, half);
  for (std::size_t half = 1; half < x.size(); half *= 2) {
    const ComplexLanes* root = roots_.data() + (half - 1);
    for (std::size_t first = 0; first < x.size(); first += 2 * half)
      for (std::size_t j = first; j < first + half; ++j) {
        const Pair a = load(x[j]), b = load(x[j + half]) * load(root[j - first]);
        store(x[j], a + b);
        store(x[j + half], a - b);
      }
  }
}

}  // namespace qdose
