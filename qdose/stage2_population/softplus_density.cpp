#include "qdose/stage2_population/softplus_density.hpp"

#include <cmath>

#include "qdose/stage2_population/mode_search.hpp"

namespace qdose {
namespace {

double softplus(double z) { return z > 0 ? z + std::log1p(std::exp(-z)) : std::log1p(std::exp(z)); }

/// z with softplus(z) = y, y > 0.
double inverse_softplus(double y) { return y > 30 ? y : std::log(std::expm1(y)); }

}  // namespace

SoftplusDensity::SoftplusDensity(PopulationDensity density)
    : density_(std::move(density)), positive_(density_.dimension()), x_(density_.dimension()) {
  const Layout& layout = density_.problem().layout;
  const auto mark = [&](std::ptrdiff_t place) {
    if (place != absent) positive_[static_cast<std::size_t>(place)] = true;
  };
  for (std::ptrdiff_t place : error_places(layout)) mark(place);
  for (std::size_t p = 0; p < layout.typical.size(); ++p) {
    mark(layout.log_omega[p]);
    if (density_.problem().structure.model.parameters[p].scale != Scale::log) continue;
    mark(layout.typical[p]);
    for (const auto& subject : layout.individual) mark(subject[p]);
  }
}

double SoftplusDensity::log_density(std::span<const double> z, std::span<double> gradient) {
  to_reported(z, x_);
  double value = density_.log_density(x_, gradient);
  for (std::size_t i = 0; i < z.size(); ++i) {
    if (!positive_[i]) continue;
    const double sigmoid = 1.0 / (1.0 + std::exp(-z[i])), slope = sigmoid * std::exp(-x_[i]);  // dx/dz
    value += std::log(slope);
    gradient[i] = gradient[i] * slope + (1.0 - sigmoid) - slope;
  }
  return value;
}

void SoftplusDensity::to_reported(std::span<const double> z, std::span<double> reported) const {
  for (std::size_t i = 0; i < z.size(); ++i) reported[i] = positive_[i] ? std::log(softplus(z[i])) : z[i];
}

void SoftplusDensity::from_reported(std::span<const double> reported, std::span<double> z) const {
  for (std::size_t i = 0; i < z.size(); ++i)
    z[i] = positive_[i] ? inverse_softplus(std::exp(reported[i])) : reported[i];
}

}  // namespace qdose
