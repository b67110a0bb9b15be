#include "qdose/stage2_population/hmc.hpp"

#include <cmath>

namespace qdose {
namespace {

/// m of the S- and M-forms.
double scalar_mass(const HmcSettings& settings, Stream& random) {
  constexpr double heavy_share = 0.1, heavy = 1.0;
  if (settings.form == MassForm::none || settings.form == MassForm::diagonal) return 1.0;
  const double center = settings.form == MassForm::mixture && random.uniform() < heavy_share ? heavy : 0.0;
  return std::pow(10.0, center + settings.spread * random.normal());
}

/// M^-1 of the D-form; empty otherwise.
Eigen::VectorXd inverse_masses(const HmcSettings& settings, Eigen::Index n, Stream& random) {
  if (settings.form != MassForm::diagonal) return {};
  Eigen::VectorXd inverse(n);
  for (double& m : inverse) m = std::pow(10.0, -settings.spread * random.normal());
  return inverse;
}

double energy(const Phase& phase, const Eigen::VectorXd& inverse_mass) {
  const double kinetic =
      inverse_mass.size() == 0 ? phase.momentum.squaredNorm() : phase.momentum.cwiseAbs2().dot(inverse_mass);
  return 0.5 * kinetic - phase.point.log_density;
}

}  // namespace

Transition hmc_transition(Target& target, const Point& from, const HmcSettings& settings, Stream& random) {
  const double step = settings.step / std::sqrt(scalar_mass(settings, random));
  const Eigen::VectorXd inverse_mass = inverse_masses(settings, from.white.size(), random);
  Phase phase{from, standard_normal(from.white.size(), random)};
  if (inverse_mass.size() > 0) phase.momentum = phase.momentum.cwiseQuotient(inverse_mass.cwiseSqrt());

  const double initial = energy(phase, inverse_mass);
  TransitionInfo info;
  info.energy = initial;
  double error = 0;
  for (int k = 0; k < settings.steps; ++k) {
    const Eigen::VectorXd before = phase.point.position;
    if (inverse_mass.size() > 0)
      integrate(settings.integrator, target, phase, step, inverse_mass);
    else
      integrate(settings.integrator, target, phase, step);
    info.steps += stages_of(settings.integrator);
    error = energy(phase, inverse_mass) - initial;
    if (!(error <= divergence_limit)) {
      info.divergence = Divergence{before, error};
      return {from, info};
    }
  }
  info.acceptance = std::fmin(1.0, std::exp(-error));
  info.moved = random.uniform() < info.acceptance;
  if (!info.moved) return {from, info};
  info.energy = initial + error;
  return {std::move(phase.point), info};
}

}  // namespace qdose
