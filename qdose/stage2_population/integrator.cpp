#include "qdose/stage2_population/integrator.hpp"

#include <span>

namespace qdose {
namespace {

/// Shares of a step: kick, drift, kick, ..., kick.
struct Splitting {
  std::span<const double> kicks, drifts;
};

Splitting splitting_of(Integrator integrator) {
  constexpr double b2 = 0.21178, a3 = 0.29619504261126, b3 = 0.11888010966548;
  static constexpr double leapfrog_kicks[] = {0.5, 0.5}, leapfrog_drifts[] = {1.0};
  static constexpr double two_kicks[] = {b2, 1 - 2 * b2, b2}, two_drifts[] = {0.5, 0.5};
  static constexpr double three_kicks[] = {b3, 0.5 - b3, 0.5 - b3, b3};
  static constexpr double three_drifts[] = {a3, 1 - 2 * a3, a3};
  if (integrator == Integrator::two_stage) return {two_kicks, two_drifts};
  if (integrator == Integrator::three_stage) return {three_kicks, three_drifts};
  return {leapfrog_kicks, leapfrog_drifts};
}

template <class Velocity>
void split_step(Integrator integrator, Target& target, Phase& phase, double step, Velocity velocity) {
  const auto [kicks, drifts] = splitting_of(integrator);
  for (std::size_t i = 0; i < drifts.size(); ++i) {
    phase.momentum += kicks[i] * step * phase.point.gradient;
    phase.point.white += drifts[i] * step * velocity();
    target.evaluate(phase.point);
  }
  phase.momentum += kicks.back() * step * phase.point.gradient;
}

}  // namespace

int stages_of(Integrator integrator) { return static_cast<int>(splitting_of(integrator).drifts.size()); }

void integrate(Integrator integrator, Target& target, Phase& phase, double step) {
  split_step(integrator, target, phase, step, [&]() -> const Eigen::VectorXd& { return phase.momentum; });
}

void integrate(Integrator integrator, Target& target, Phase& phase, double step,
               const Eigen::VectorXd& inverse_mass) {
  split_step(integrator, target, phase, step,
             [&] { return inverse_mass.cwiseProduct(phase.momentum).eval(); });
}

}  // namespace qdose
