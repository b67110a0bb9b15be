#include "qdose/stage2_population/runner.hpp"

#include <algorithm>
#include <cmath>

#include "qdose/stage2_population/nuts.hpp"

namespace qdose {
namespace {

constexpr std::uint32_t search_part = 0x80000000u;  // sub-items of step searches; transitions count from 0

/// A step whose single use is accepted with probability near 0.8, by doubling or halving.
double first_step(Target& target, Integrator integrator, const Point& from, double step, Stream& random) {
  constexpr int most_changes = 40;
  int direction = 0;
  for (int i = 0; i < most_changes; ++i) {
    Phase phase{from, standard_normal(from.white.size(), random)};
    const double before = 0.5 * phase.momentum.squaredNorm() - from.log_density;
    integrate(integrator, target, phase, step);
    const double error = 0.5 * phase.momentum.squaredNorm() - phase.point.log_density - before;
    const int wanted = error < -std::log(0.8) ? 1 : -1;  // NaN: smaller
    if (direction != 0 && wanted != direction) break;
    direction = wanted;
    step *= direction > 0 ? 2.0 : 0.5;
  }
  return step;
}

/// A trajectory in steps of equal length, at most `step` each where `exact`: then it is as long as was asked
/// for.
struct Steps {
  double step;
  int count;
};

Steps steps_of_trajectory(const SamplerSettings& s, double step, int max_steps, bool exact, Stream& random) {
  constexpr double quarter = 1.6;  // period of a normal: in warm-up no trajectory need be longer
  if (s.fixed_steps > 0) return {step, s.fixed_steps};
  double length = exact ? s.trajectory : std::min(s.trajectory, quarter);
  if (exact && s.longer > 1 && random.uniform() < 0.5) length *= s.longer;
  const int most = std::max(1, max_steps / stages_of(s.integrator));
  const int count = std::clamp(static_cast<int>(std::ceil(std::min(length / step, 1e6))), 1, most);
  return {exact ? std::min(step, length / count) : step, count};
}

}  // namespace

std::vector<double> reported(const Density& density, const Eigen::VectorXd& position) {
  std::vector<double> result(density.dimension());
  density.to_reported({position.data(), result.size()}, result);
  return result;
}

Transition Runner::next(const Metric& metric, const SamplerSettings& s, double with_step, int max_steps,
                        int max_depth, bool exact) {
  Target target{*density, metric};
  Stream random(s.seed, Purpose::chain, chain_, transitions++);
  const MassForm form = s.algorithm == Algorithm::hmc ? MassForm::none : s.form;
  const auto transition = [&] {
    if (s.algorithm == Algorithm::nuts)
      return nuts_transition(target, point,
                             {with_step, std::min(max_depth, s.max_depth), s.spread, s.integrator}, random);
    const auto [each, count] = steps_of_trajectory(s, with_step, max_steps, exact, random);
    return hmc_transition(target, point, {each, count, form, s.spread, s.integrator}, random);
  };
  Transition t = transition();
  // At the very position that the density jumped to, which it may remember.
  Eigen::VectorXd& position = t.point.position;
  if (density->jump({position.data(), static_cast<std::size_t>(position.size())}, random)) {
    metric.to_white(position, t.point.white);
    target.evaluate_there(t.point);
  }
  gradients += target.gradients;
  return t;
}

void Runner::warm_up(const Metric& metric, const SamplerSettings& settings, const Window& window) {
  const double with_step = averaging.step();
  Transition t = next(metric, settings, with_step, window.max_steps, window.max_depth, false);
  point = std::move(t.point);
  averaging.update(t.info.acceptance);
  tried.step.push_back(with_step);
  tried.acceptance.push_back(t.info.acceptance);
  divergences_warmup += t.info.divergence ? 1 : 0;
  positions.push_back(point.position);
  log_densities.push_back(point.log_density);
}

void Runner::draw(const Metric& metric, const SamplerSettings& settings) {
  Transition t = next(metric, settings, step, settings.max_steps, settings.max_depth, true);
  point = std::move(t.point);
  chain.draws.push_back(reported(*density, point.position));
  chain.log_density.push_back(point.log_density);
  chain.energy.push_back(t.info.energy);
  chain.acceptance.push_back(t.info.acceptance);
  chain.steps.push_back(t.info.steps);
  chain.depth.push_back(t.info.depth);
  chain.diverged.push_back(t.info.divergence ? 1 : 0);
  chain.rejected.push_back(t.info.moved ? 0 : 1);
  if (t.info.divergence) chain.divergences.push_back(std::move(*t.info.divergence));
}

void Runner::rebase(const Metric& metric, const SamplerSettings& settings, double from_step) {
  Target target{*density, metric};
  point = point_at(target, point.position);
  Stream random(settings.seed, Purpose::chain, chain_, search_part + searches_++);
  step = first_step(target, settings.integrator, point, from_step > 0 ? from_step : step, random);
  averaging = DualAveraging(step, settings.target_acceptance);
  gradients += target.gradients;
}

void Runner::finish_window() {
  if (!positions.empty()) step = averaging.mean_step();
  averaging = DualAveraging(step, averaging.target());
}

}  // namespace qdose
