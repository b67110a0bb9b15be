#include "qdose/stage2_population/nuts.hpp"

#include <cmath>

namespace qdose {
namespace {

using Eigen::VectorXd;

double log_sum_exp(double a, double b) {
  const double top = std::fmax(a, b);
  return std::isinf(top) ? top : top + std::log(std::exp(a - top) + std::exp(b - top));
}

/// A stretch of trajectory in order of time: its first and last momentum, the sum of all momenta, a state
/// drawn from it with probability proportional to exp(-energy), the log of the sum of those weights.
struct Tree {
  VectorXd first, last, sum;
  Point sample;
  double sample_energy = 0, log_weight = 0;
};

bool still_moving(const VectorXd& first, const VectorXd& last, const VectorXd& sum) {
  return first.dot(sum) > 0 && last.dot(sum) > 0;
}

/// No U-turn over two adjacent stretches, nor from either one to the nearest state of the other.
bool still_moving(const Tree& early, const Tree& late) {
  return still_moving(early.first, late.last, early.sum + late.sum) &&
         still_moving(early.first, late.first, early.sum + late.first) &&
         still_moving(early.last, late.last, early.last + late.sum);
}

class Builder {
 public:
  Builder(Target& target, Integrator integrator, double step, double initial_energy, Stream& random)
      : target_(target), integrator_(integrator), step_(step), initial_(initial_energy), random_(random) {}

  /// Continues from `edge` by 2^depth steps, forward or backward in time, and leaves `edge` at the new end.
  /// False when the stretch diverged or turned back within itself; it must then be thrown away.
  bool grow(int depth, bool forward, Phase& edge, Tree& tree) {
    if (depth == 0) return step(forward, edge, tree);
    Tree near, far;
    if (!grow(depth - 1, forward, edge, near) || !grow(depth - 1, forward, edge, far)) return false;
    Tree& early = forward ? near : far;
    Tree& late = forward ? far : near;
    const bool good = still_moving(early, late);
    tree.log_weight = log_sum_exp(near.log_weight, far.log_weight);
    const bool take_far = random_.uniform() < std::exp(far.log_weight - tree.log_weight);
    tree.sample = std::move(take_far ? far.sample : near.sample);
    tree.sample_energy = take_far ? far.sample_energy : near.sample_energy;
    tree.sum = early.sum + late.sum;
    tree.first = std::move(early.first);
    tree.last = std::move(late.last);
    return good;
  }

  int steps = 0;
  double acceptance_sum = 0;
  std::optional<Divergence> divergence;

 private:
  bool step(bool forward, Phase& edge, Tree& tree) {
    const VectorXd before = edge.point.position;
    integrate(integrator_, target_, edge, forward ? step_ : -step_);
    ++steps;
    const double energy = 0.5 * edge.momentum.squaredNorm() - edge.point.log_density,
                 error = energy - initial_;
    if (!(error <= divergence_limit)) {
      divergence = Divergence{before, error};
      return false;
    }
    acceptance_sum += std::fmin(1.0, std::exp(-error));
    tree = Tree{edge.momentum, edge.momentum, edge.momentum, edge.point, energy, -error};
    return true;
  }

  Target& target_;
  Integrator integrator_;
  double step_, initial_;
  Stream& random_;
};

}  // namespace

Transition nuts_transition(Target& target, const Point& from, const NutsSettings& settings, Stream& random) {
  const double step =
      settings.step * std::pow(10.0, settings.spread > 0 ? -0.5 * settings.spread * random.normal() : 0);
  const Phase start{from, standard_normal(from.white.size(), random)};
  const double initial = 0.5 * start.momentum.squaredNorm() - from.log_density;
  Builder builder(target, settings.integrator, step, initial, random);
  Phase edge[2] = {start, start};  // backward and forward end
  Tree whole{start.momentum, start.momentum, start.momentum, from, initial, 0.0};
  TransitionInfo info;
  while (info.depth < settings.max_depth) {
    const bool forward = random.uniform() < 0.5;
    Tree added;
    if (!builder.grow(info.depth, forward, edge[forward ? 1 : 0], added)) break;
    ++info.depth;
    const bool take =
        random.uniform() < std::exp(added.log_weight - whole.log_weight);  // biased progressive sampling
    const bool good = forward ? still_moving(whole, added) : still_moving(added, whole);
    if (take) {
      whole.sample = std::move(added.sample);
      whole.sample_energy = added.sample_energy;
      info.moved = true;
    }
    whole.log_weight = log_sum_exp(whole.log_weight, added.log_weight);
    whole.sum += added.sum;
    (forward ? whole.last : whole.first) = std::move(forward ? added.last : added.first);
    if (!good) break;
  }
  info.steps = builder.steps * stages_of(settings.integrator);
  info.acceptance = builder.acceptance_sum / builder.steps;
  info.energy = whole.sample_energy;
  info.divergence = std::move(builder.divergence);
  return {std::move(whole.sample), info};
}

}  // namespace qdose
