// Chains on any density: warm-up that learns metric, step and coordinates, then draws. Same numbers at any
// thread count.
#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <string>
#include <vector>

#include "qdose/base/progress.hpp"
#include "qdose/base/result.hpp"
#include "qdose/base/work_share.hpp"
#include "qdose/stage2_population/diagnostics.hpp"
#include "qdose/stage2_population/hmc.hpp"
#include "qdose/stage2_population/metric_learner.hpp"
#include "qdose/stage2_population/phase_space.hpp"

namespace qdose {

enum class Algorithm { qihmc, hmc, nuts };

/// How chains are run. Lengths are per chain.
struct SamplerSettings {
  Algorithm algorithm = Algorithm::qihmc;
  MassForm form = MassForm::scalar;       ///< of qihmc
  double spread = 0.1;                    ///< of log10 mass (qihmc) or of the step jitter (nuts)
  MetricKind metric = MetricKind::arrow;  ///< where the density does not know its structure: diagonal
  int warmup = 300, draws = 500;
  int most_draws = 500;  ///< chains go on, `draws` at a time, until they converge as wanted or reach this
  double wanted_r_hat = 1.01;  ///< largest R-hat over all coordinates
  double wanted_ess = 400;     ///< smallest bulk and tail ESS
  double target_acceptance = 0.8;
  double trajectory =
      1.9;              ///< integration time of hmc and qihmc in white units (a normal's quarter turn: pi/2)
  double longer = 1;    ///< every other trajectory of hmc and qihmc, at random, is so many times as long
  int max_steps = 200;  ///< most gradients of a trajectory of hmc and qihmc
  int max_depth = 10;   ///< most doublings of nuts
  Integrator integrator = Integrator::leapfrog;
  double fixed_step =
      0;  ///< above 0: nothing is adapted; unit metric, this step, fixed_steps of them a trajectory
  int fixed_steps = 0;
  long gradient_budget =
      0;  ///< above 0: chains draw until all together, warm-up included, took so many gradients
  std::string checkpoint;  ///< a file in which work is kept twice a minute and on an interrupt; empty: none
  bool resume = false;     ///< go on from that file, if it is there and of the same work
  const WorkShare* share =
      nullptr;  ///< chains are shared among processes, without checkpoints; null: all here
  std::uint64_t seed = 1;
  int threads = 1;
};

/// One chain's draws after warm-up (in reported coordinates) and how they came about, one entry a transition.
struct Chain {
  std::vector<std::vector<double>> draws;  ///< [draw][dimension]
  std::vector<double> log_density, energy, acceptance;
  std::vector<int> steps, depth;
  std::vector<char> diverged;
  std::vector<char> rejected;           ///< 1: the state before is counted again, but for what a jump changed
  std::vector<Divergence> divergences;  ///< after warm-up, with their places (sampled coordinates)
  double step_size = 0;
};

struct Sample {
  std::vector<Chain> chains;
  long gradients_warmup = 0, gradients_sampling = 0;
  long divergences_warmup = 0;
  double seconds_warmup = 0, seconds_sampling = 0;
  int restarted_chains = 0;  ///< chains found in a much lower mode during warm-up and moved to the best one
};

/// Runs one chain per start; each start is a position where the density is finite. Learns the density's
/// coordinates through `density`, and works on clones. Fault::numerical when the density is not finite at a
/// start, or when the work was interrupted. With a checkpoint, a run that was interrupted and resumed gives
/// the numbers of one that was not.
Result<Sample> sample(Density& density, const std::vector<Eigen::VectorXd>& starts,
                      const SamplerSettings& settings, Progress& progress);

/// Convergence of every coordinate of the draws, in their order.
std::vector<Convergence> convergence_of(const Sample& sample, int threads);

}  // namespace qdose
