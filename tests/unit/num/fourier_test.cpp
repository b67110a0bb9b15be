#include "qdose/num/fourier.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "qdose/base/random.hpp"

namespace qdose {
namespace {

using Complex = std::complex<double>;

std::vector<ComplexLanes> some_numbers(std::size_t size) {
  Stream random(1, Purpose::property_test, size);
  std::vector<ComplexLanes> x(size / 8);
  for (ComplexLanes& element : x)
    for (std::size_t l = 0; l < 8; ++l) element.re[l] = random.normal(), element.im[l] = random.normal();
  return x;
}

Complex number(const std::vector<ComplexLanes>& x, std::size_t i) {
  return {x[i / 8].re[i % 8], x[i / 8].im[i % 8]};
}

std::size_t reversed(std::size_t f, std::size_t size) {
  std::size_t result = 0;
  for (int bit = 0; bit < std::countr_zero(size); ++bit) result = 2 * result + (f >> bit & 1);
  return result;
}

/// The definition, term by term.
Complex plain(const std::vector<ComplexLanes>& x, std::size_t size, std::size_t f, bool reverse_input) {
  Complex sum = 0;
  for (std::size_t t = 0; t < size; ++t)
    sum += number(x, reverse_input ? reversed(t, size) : t) *
           std::polar(1.0,
                      -2 * std::numbers::pi * static_cast<double>(f * t % size) / static_cast<double>(size));
  return sum;
}

TEST(Fourier, BothWaysEqualTheDefinition) {
  for (std::size_t size : {8, 16, 32, 256}) {
    const Fourier fourier(size);
    const std::vector<ComplexLanes> x = some_numbers(size);
    std::vector<ComplexLanes> forth = x, back = x;
    fourier.to_frequencies(forth);
    fourier.from_frequencies(back);
    for (std::size_t f = 0; f < size; ++f) {
      EXPECT_LT(std::abs(number(forth, reversed(f, size)) - plain(x, size, f, false)), 1e-12);
      EXPECT_LT(std::abs(number(back, f) - plain(x, size, f, true)), 1e-12);
    }
  }
}

}  // namespace
}  // namespace qdose
