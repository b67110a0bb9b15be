// The report's coordinates: everything positive is the softplus of what is sampled.
#pragma once
#include "qdose/stage2_population/population_density.hpp"

namespace qdose {

/// A population's posterior with z sampled in place of each log-scale coordinate x of the centred density,
/// exp(x) = log(1 + exp(z)), and the log-Jacobian of that bijection; logits and covariate effects stay as
/// they are. Nothing is known of its shape and it learns no coordinates, as in the report. Reported
/// coordinates are those of the density.
class SoftplusDensity final : public Density {
 public:
  /// `density` is new: centred.
  explicit SoftplusDensity(PopulationDensity density);

  std::size_t dimension() const override { return density_.dimension(); }
  double log_density(std::span<const double> z, std::span<double> gradient) override;
  std::unique_ptr<Density> clone() const override { return std::make_unique<SoftplusDensity>(*this); }
  void to_reported(std::span<const double> z, std::span<double> reported) const override;
  void from_reported(std::span<const double> reported, std::span<double> z) const override;

 private:
  PopulationDensity density_;
  std::vector<bool> positive_;  ///< by coordinate: a logarithm
  std::vector<double> x_;
};

}  // namespace qdose
