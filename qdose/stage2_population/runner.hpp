// One running chain: its state, its transitions, what it has drawn.
#pragma once
#include <Eigen/Core>
#include <memory>
#include <vector>

#include "qdose/stage2_population/dual_averaging.hpp"
#include "qdose/stage2_population/sampler.hpp"
#include "qdose/stage2_population/step_choice.hpp"
#include "qdose/stage2_population/warmup_windows.hpp"

namespace qdose {

/// Each transition has random numbers of its own, by its number: a chain that goes on from a checkpoint draws
/// what it would have drawn.
class Runner {
 public:
  Runner(std::unique_ptr<Density> own_density, std::size_t number)
      : density(std::move(own_density)), chain_(number) {}

  /// One transition of warm-up, with step adaptation; keeps the position.
  void warm_up(const Metric& metric, const SamplerSettings& settings, const Window& window);
  /// One transition; keeps the draw.
  void draw(const Metric& metric, const SamplerSettings& settings);
  /// Into the white coordinates of a metric, with a new search for a step, from `step` or, when 0, from the
  /// present one.
  void rebase(const Metric& metric, const SamplerSettings& settings, double from_step);
  /// From the window's adaptation to its result; the next window starts empty.
  void finish_window();
  void clear_window() {
    positions.clear();
    log_densities.clear();
    tried = {};
  }

  /// Everything but the density, in either direction. After reading, the density must `remember` what it
  /// remembered.
  template <class Archive>
  void exchange(Archive& archive) {
    if (density) memory = density->memory();
    archive(memory);
    archive(point.white);
    archive(point.position);
    archive(point.gradient);
    archive(point.log_density);
    archive(step);
    archive(averaging);
    archive(gradients);
    archive(divergences_warmup);
    archive(transitions);
    archive(searches_);
    archive(positions);
    archive(log_densities);
    tried.exchange(archive);
    archive(chain.draws);
    archive(chain.log_density);
    archive(chain.energy);
    archive(chain.acceptance);
    archive(chain.steps);
    archive(chain.depth);
    archive(chain.diverged);
    archive(chain.rejected);
  }

  std::unique_ptr<Density> density;
  std::vector<double> memory;  ///< of the density, as last exchanged
  Point point;
  double step = 0.1;
  DualAveraging averaging{0.1, 0.8};
  long gradients = 0, divergences_warmup = 0;
  std::uint32_t transitions = 0;           ///< made so far, warm-up included
  std::vector<Eigen::VectorXd> positions;  ///< of the current window
  std::vector<double> log_densities;
  TriedSteps tried;
  Chain chain;

 private:
  /// `exact`: in equal steps that make up the trajectory's length; else, while steps are tried, of this one.
  Transition next(const Metric& metric, const SamplerSettings& settings, double step, int max_steps,
                  int max_depth, bool exact);

  std::size_t chain_;
  std::uint32_t searches_ = 0;  ///< for a step
};

/// What a chain reports of a position.
std::vector<double> reported(const Density& density, const Eigen::VectorXd& position);

}  // namespace qdose
