#include "qdose/stage2_population/sampler.hpp"

#include <atomic>
#include <chrono>
#include <cmath>
#include <iterator>
#include <mutex>

#include "qdose/base/expects.hpp"
#include "qdose/base/interrupt.hpp"
#include "qdose/base/threads.hpp"
#include "qdose/stage2_population/diagnostics.hpp"
#include "qdose/stage2_population/dual_averaging.hpp"
#include "qdose/stage2_population/metric_learner.hpp"
#include "qdose/stage2_population/nuts.hpp"

namespace qdose {
namespace {

using Eigen::VectorXd;

/// One window of warm-up: what happens when it ends.
struct Window {
  int end;        ///< transitions since the start of the warm-up
  int max_steps;  ///< shorter trajectories while the metric is still poor
  int max_depth;
  bool learn_coordinates, check_modes, update_metric;
};

/// Windows of doubling length: early ones are short because what they learn from is far from the posterior.
std::vector<Window> warmup_windows(const SamplerSettings& s) {
  const auto at = [&](double share) { return static_cast<int>(share * s.warmup); };
  return {{at(0.10), std::min(12, s.max_steps), std::min(5, s.max_depth), false, false, true},
          {at(0.20), std::min(30, s.max_steps), std::min(7, s.max_depth), true, true, true},
          {at(0.40), s.max_steps, s.max_depth, true, true, true},
          {at(0.85), s.max_steps, s.max_depth, false, true, true},
          {s.warmup, s.max_steps, s.max_depth, false, false, false}};
}

/// Everything that belongs to one running chain.
struct Runner {
  std::unique_ptr<Density> density;
  Point point;
  Stream random;
  double step = 0.1;
  long gradients = 0, divergences_warmup = 0;
  std::vector<VectorXd> positions = {};  ///< of the current window
  std::vector<double> log_densities = {};
  Chain chain = {};
};

/// Progress from several threads, one call at a time.
class SharedProgress {
 public:
  explicit SharedProgress(Progress& progress) : progress_(progress) {}
  void advance() {
    const std::lock_guard lock(mutex_);
    progress_.update(++done_);
  }

 private:
  Progress& progress_;
  std::mutex mutex_;
  std::size_t done_ = 0;
};

Transition next(Target& target, const Point& from, const SamplerSettings& s, double step, int max_steps,
                int max_depth, Stream& random) {
  if (s.algorithm == Algorithm::nuts)
    return nuts_transition(target, from, {step, std::min(max_depth, s.max_depth), s.spread}, random);
  const int wanted = static_cast<int>(std::ceil(std::min(s.trajectory / step, 1e6)));
  const MassForm form = s.algorithm == Algorithm::hmc ? MassForm::none : s.form;
  return hmc_transition(target, from, {step, std::clamp(wanted, 1, max_steps), form, s.spread}, random);
}

/// A step whose single leapfrog step is accepted with probability near 0.8, by doubling or halving.
double first_step(Target& target, const Point& from, double step, Stream& random) {
  constexpr int most_changes = 40;
  int direction = 0;
  for (int i = 0; i < most_changes; ++i) {
    Phase phase{from, standard_normal(from.white.size(), random)};
    const double before = 0.5 * phase.momentum.squaredNorm() - from.log_density;
    leapfrog(target, phase, step);
    const double error = 0.5 * phase.momentum.squaredNorm() - phase.point.log_density - before;
    const int wanted = error < -std::log(0.8) ? 1 : -1;  // NaN: smaller
    if (direction != 0 && wanted != direction) break;
    direction = wanted;
    step *= direction > 0 ? 2.0 : 0.5;
  }
  return step;
}

template <class T>
void append_all(std::vector<T>& from, std::vector<T>& to) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

void append(Chain from, Chain& to) {
  append_all(from.draws, to.draws);
  append_all(from.log_density, to.log_density);
  append_all(from.energy, to.energy);
  append_all(from.acceptance, to.acceptance);
  append_all(from.steps, to.steps);
  append_all(from.depth, to.depth);
  append_all(from.diverged, to.diverged);
  append_all(from.divergences, to.divergences);
}

class Sampling {
 public:
  Sampling(Density& density, const SamplerSettings& settings, Progress& progress)
      : density_(density),
        settings_(settings),
        progress_(progress),
        learner_(settings.metric == MetricKind::arrow && !density.arrow().empty()) {}

  Result<Sample> run(const std::vector<VectorXd>& starts) {
    if (auto started = start(starts); !started) return started.errors();
    const auto begin = std::chrono::steady_clock::now();
    int first = 0;
    for (const Window& window : warmup_windows(settings_)) {
      run_window(window, window.end - first);
      first = window.end;
      if (stopped_) return interruption();
      finish_window(window);
    }
    const auto middle = std::chrono::steady_clock::now();
    share_step();
    sample_.gradients_warmup = learner_.gradients();
    for (Runner& r : runners_) sample_.gradients_warmup += std::exchange(r.gradients, 0);
    int drawn = 0;
    do {
      draw();
      if (stopped_) return interruption();
      collect();
      drawn += settings_.draws;
    } while (drawn + settings_.draws <= settings_.most_draws && !converged());
    sample_.seconds_warmup = std::chrono::duration<double>(middle - begin).count();
    sample_.seconds_sampling =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - middle).count();
    return std::move(sample_);
  }

 private:
  Result<Done> start(const std::vector<VectorXd>& starts) {
    expects(!starts.empty(), "at least one chain");
    for (std::size_t c = 0; c < starts.size(); ++c) {
      runners_.push_back({density_.clone(), {}, Stream(settings_.seed, Purpose::chain, c)});
      Runner& r = runners_.back();
      r.point.position = starts[c];
      VectorXd gradient(starts[c].size());
      const std::size_t n = density_.dimension();
      if (!std::isfinite(r.density->log_density({starts[c].data(), n}, {gradient.data(), n})))
        return Error{Fault::numerical,
                     "the density is not finite where chain " + std::to_string(c + 1) + " starts", "", ""};
    }
    metric_ =
        std::make_shared<DiagonalMetric>(starts.front(), VectorXd::Constant(starts.front().size(), 0.1));
    for (Runner& r : runners_) r.positions = {r.point.position};
    update_metric();
    rebase(0.1);
    return Done{};
  }

  Error interruption() const { return {Fault::numerical, "interrupted", "", ""}; }

  void for_each_runner(const std::function<void(Runner&)>& body) {
    parallel_for(runners_.size(), settings_.threads, [&](std::size_t c) { body(runners_[c]); });
  }

  /// `count` transitions of every chain with its own dual averaging.
  void run_window(const Window& window, int count) {
    for_each_runner([&](Runner& r) {
      Target target{*r.density, *metric_};
      DualAveraging averaging(r.step, settings_.target_acceptance);
      r.positions.clear();
      r.log_densities.clear();
      for (int i = 0; i < count && !stop_requested(); ++i) {
        Transition t =
            next(target, r.point, settings_, averaging.step(), window.max_steps, window.max_depth, r.random);
        r.point = std::move(t.point);
        averaging.update(t.info.acceptance);
        r.divergences_warmup += t.info.divergence ? 1 : 0;
        r.positions.push_back(r.point.position);
        r.log_densities.push_back(r.point.log_density);
        shared_.advance();
      }
      if (count > 0) r.step = averaging.mean_step();
      r.gradients += target.gradients;
    });
  }

  void finish_window(const Window& window) {
    if (runners_.front().positions.size() < 2) return;
    if (window.check_modes) move_lost_chains();
    if (window.learn_coordinates) learn_coordinates();
    if (!window.update_metric) return;
    update_metric();
    rebase(0);
  }

  /// A chain whose log density stays far below the best chain's sits in another mode without mass (or has not
  /// yet arrived): it goes on from the best chain's state. Modes of comparable mass are left alone and show
  /// in R-hat.
  void move_lost_chains() {
    std::vector<double> level;
    for (const Runner& r : runners_) {
      double sum = 0;
      for (double x : r.log_densities) sum += x;
      level.push_back(sum / static_cast<double>(r.log_densities.size()));
    }
    const auto best = static_cast<std::size_t>(std::max_element(level.begin(), level.end()) - level.begin());
    const double dimension = static_cast<double>(density_.dimension());
    const double tolerance =
        20.0 + 3.0 * std::sqrt(0.5 * dimension);  // sd of a normal's log density: sqrt(d/2)
    for (std::size_t c = 0; c < runners_.size(); ++c) {
      if (level[c] > level[best] - tolerance) continue;
      runners_[c].point = runners_[best].point;
      runners_[c].positions = runners_[best].positions;
      ++sample_.restarted_chains;
    }
  }

  std::vector<double> reported(const Density& density, const VectorXd& position) const {
    std::vector<double> result(density.dimension());
    density.to_reported({position.data(), result.size()}, result);
    return result;
  }

  /// Offers the window's draws to the density and, when its coordinates changed, translates every chain.
  void learn_coordinates() {
    std::vector<std::vector<double>> draws;
    std::vector<std::size_t> lengths;
    for (const Runner& r : runners_)
      for (const VectorXd& x : r.positions) draws.push_back(reported(density_, x));
    std::vector<std::vector<double>> current;
    for (const Runner& r : runners_) current.push_back(reported(density_, r.point.position));
    if (!density_.learn_coordinates(draws)) return;
    std::size_t d = 0;
    for (std::size_t c = 0; c < runners_.size(); ++c) {
      Runner& r = runners_[c];
      r.density = density_.clone();
      const auto translate = [&](const std::vector<double>& from, VectorXd& to) {
        density_.from_reported(from, {to.data(), from.size()});
      };
      for (VectorXd& x : r.positions) translate(draws[d++], x);
      translate(current[c], r.point.position);
    }
  }

  void update_metric() {
    std::vector<std::vector<VectorXd>> windows;
    for (Runner& r : runners_) windows.push_back(r.positions);
    if (auto learnt = learner_.learn(density_, windows, settings_.threads)) metric_ = std::move(learnt);
  }

  /// Moves every chain into the white coordinates of the present metric and finds a step there. 0: start from
  /// its own.
  void rebase(double from_step) {
    for_each_runner([&](Runner& r) {
      Target target{*r.density, *metric_};
      r.point = point_at(target, r.point.position);
      r.step = first_step(target, r.point, from_step > 0 ? from_step : r.step, r.random);
      r.gradients += target.gradients;
    });
  }

  /// All chains draw with one step: the geometric mean of what each one found.
  void share_step() {
    double sum = 0;
    for (const Runner& r : runners_) sum += std::log(r.step) / static_cast<double>(runners_.size());
    for (Runner& r : runners_) r.step = std::exp(sum);
  }

  void draw() {
    for_each_runner([&](Runner& r) {
      Target target{*r.density, *metric_};
      Chain& chain = r.chain;
      for (int i = 0; i < settings_.draws && !stop_requested(); ++i) {
        Transition t =
            next(target, r.point, settings_, r.step, settings_.max_steps, settings_.max_depth, r.random);
        r.point = std::move(t.point);
        chain.draws.push_back(reported(*r.density, r.point.position));
        chain.log_density.push_back(r.point.log_density);
        chain.energy.push_back(t.info.energy);
        chain.acceptance.push_back(t.info.acceptance);
        chain.steps.push_back(t.info.steps);
        chain.depth.push_back(t.info.depth);
        chain.diverged.push_back(t.info.divergence ? 1 : 0);
        if (t.info.divergence) chain.divergences.push_back(std::move(*t.info.divergence));
        shared_.advance();
      }
      r.gradients += target.gradients;
    });
  }

  /// Moves what the runners drew to the sample.
  void collect() {
    sample_.chains.resize(runners_.size());
    for (std::size_t c = 0; c < runners_.size(); ++c) {
      Runner& r = runners_[c];
      sample_.gradients_sampling += std::exchange(r.gradients, 0);
      sample_.divergences_warmup += std::exchange(r.divergences_warmup, 0);
      append(std::exchange(r.chain, Chain{}), sample_.chains[c]);
      sample_.chains[c].step_size = r.step;
    }
  }

  bool converged() const {
    for (const Convergence& c : convergence_of(sample_, settings_.threads))
      if (!(c.r_hat <= settings_.wanted_r_hat && c.ess_bulk >= settings_.wanted_ess &&
            c.ess_tail >= settings_.wanted_ess))
        return false;
    return true;
  }

  bool stop_requested() {
    if (interrupted()) stopped_ = true;
    return stopped_;
  }

  Density& density_;
  const SamplerSettings& settings_;
  Progress& progress_;
  SharedProgress shared_{progress_};
  std::vector<Runner> runners_ = {};
  std::shared_ptr<const Metric> metric_ = {};
  MetricLearner learner_;
  Sample sample_ = {};
  std::atomic<bool> stopped_ = false;
};

}  // namespace

Result<Sample> sample(Density& density, const std::vector<VectorXd>& starts, const SamplerSettings& settings,
                      Progress& progress) {
  progress.begin("sampling", starts.size() * static_cast<std::size_t>(settings.warmup + settings.draws));
  auto result = Sampling(density, settings, progress).run(starts);
  progress.end();
  return result;
}

std::vector<Convergence> convergence_of(const Sample& sample, int threads) {
  const std::size_t dimension = sample.chains.front().draws.front().size();
  std::vector<Convergence> result(dimension);
  parallel_for(dimension, threads, [&](std::size_t i) {
    ChainDraws draws;
    for (const Chain& chain : sample.chains) {
      draws.emplace_back();
      for (const auto& x : chain.draws) draws.back().push_back(x[i]);
    }
    result[i] = convergence(draws);
  });
  return result;
}

}  // namespace qdose
