#include "qdose/stage2_population/autocovariances.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <mutex>

#include "qdose/num/fourier.hpp"

namespace qdose {
namespace {

using Eigen::Index;

/// Transforms are made once a size and kept.
const Fourier& fourier(std::size_t size) {
  static std::array<std::once_flag, 64> made;
  static std::array<std::unique_ptr<const Fourier>, 64> kept;
  const auto place = static_cast<std::size_t>(std::countr_zero(size));
  std::call_once(made[place], [&] { kept[place] = std::make_unique<const Fourier>(size); });
  return *kept[place];
}

}  // namespace

double Autocovariances::operator()(Index lag) {
  constexpr Index shortest_long = 24;
  if (lag >= shortest_long) {
    if (all_.empty()) transform();
    return all_[static_cast<std::size_t>(lag)];
  }
  const Index pairs = centred_.rows() - lag;
  double sum = 0;
  for (Index c = 0; c < centred_.cols(); ++c)
    sum += centred_.col(c).head(pairs).dot(centred_.col(c).tail(pairs));
  return sum;
}

/// Wiener and Khinchin's theorem. Two chains go as the real and the imaginary part of one: the real part of
/// the autocovariance of x + i y is the sum of those of x and y.
void Autocovariances::transform() {
  const auto n = static_cast<std::size_t>(centred_.rows()),
             chains = static_cast<std::size_t>(centred_.cols());
  const std::size_t size = std::bit_ceil(std::max<std::size_t>(2 * n, 8));  // at least n zeros at the end
  const Fourier& transform = fourier(size);
  std::vector<ComplexLanes> power(size / 8), pair(size / 8);
  for (std::size_t c = 0; c < chains; c += 2) {
    std::fill(pair.begin(), pair.end(), ComplexLanes{});
    const double* re = centred_.col(static_cast<Index>(c)).data();
    const double* im = c + 1 < chains ? re + n : nullptr;
    for (std::size_t i = 0; i < n; ++i) {
      pair[i / 8].re[i % 8] = re[i];
      if (im != nullptr) pair[i / 8].im[i % 8] = im[i];
    }
    transform.to_frequencies(pair);
    for (std::size_t f = 0; f < power.size(); ++f)
      for (std::size_t l = 0; l < 8; ++l)
        power[f].re[l] += pair[f].re[l] * pair[f].re[l] + pair[f].im[l] * pair[f].im[l];
  }
  transform.from_frequencies(power);
  all_.resize(n);
  for (std::size_t lag = 0; lag < n; ++lag)
    all_[lag] = power[lag / 8].re[lag % 8] / static_cast<double>(size);
}

}  // namespace qdose
