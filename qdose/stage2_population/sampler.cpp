#include "qdose/stage2_population/sampler.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <mutex>

#include "qdose/base/expects.hpp"
#include "qdose/base/files.hpp"
#include "qdose/base/interrupt.hpp"
#include "qdose/base/threads.hpp"
#include "qdose/stage2_population/archive.hpp"
#include "qdose/stage2_population/chain_convergence.hpp"
#include "qdose/stage2_population/metric_learner.hpp"
#include "qdose/stage2_population/runner.hpp"
#include "qdose/stage2_population/share_runners.hpp"

namespace qdose {
namespace {

using Clock = std::chrono::steady_clock;
using Eigen::VectorXd;

constexpr int slice = 50;  // transitions of every chain between looks at the clock
constexpr double seconds_to_checkpoint = 30;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

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

class Sampling {
 public:
  Sampling(Density& density, const SamplerSettings& settings, Progress& progress)
      : density_(density),
        settings_(settings),
        progress_(progress),
        windows_(warmup_windows(settings)),
        learner_(settings.metric == MetricKind::arrow && density.arrow().empty() ? MetricKind::diagonal
                                                                                 : settings.metric) {}

  Result<Sample> run(const std::vector<VectorXd>& starts) {
    expects(!starts.empty(), "at least one chain");
    for (std::size_t c = 0; c < starts.size(); ++c) runners_.emplace_back(density_.clone(), c);
    if (!(settings_.resume && settings_.share == nullptr && restore()))
      if (auto started = start(starts); !started) return started.errors();
    for (; window_ < windows_.size(); ++window_) {
      const Window& window = windows_[window_];
      const int first = window_ == 0 ? 0 : windows_[window_ - 1].end;
      if (!advance(
              static_cast<std::size_t>(window.end - first),
              [](const Runner& r) { return r.positions.size(); },
              [&](Runner& r) { r.warm_up(*metric_, settings_, window); }, sample_.seconds_warmup))
        return interruption();
      finish_window(window);
    }
    if (wanted_ == 0) finish_warmup();
    while (true) {
      if (!advance(
              wanted_, [](const Runner& r) { return r.chain.draws.size(); },
              [&](Runner& r) { r.draw(*metric_, settings_); }, sample_.seconds_sampling))
        return interruption();
      if (enough()) break;
      wanted_ += static_cast<std::size_t>(settings_.draws);
    }
    return collected();
  }

 private:
  Result<Done> start(const std::vector<VectorXd>& starts) {
    const std::size_t n = density_.dimension();
    for (std::size_t c = 0; c < starts.size(); ++c) {
      Runner& r = runners_[c];
      r.point.position = starts[c];
      VectorXd gradient(starts[c].size());
      if (!std::isfinite(r.density->log_density({starts[c].data(), n}, {gradient.data(), n})))
        return Error{Fault::numerical,
                     "the density is not finite where chain " + std::to_string(c + 1) + " starts", "", ""};
    }
    const auto size = static_cast<Eigen::Index>(n);
    if (windows_.empty()) {  // nothing is adapted
      metric_ = std::make_shared<DiagonalMetric>(VectorXd::Zero(size), VectorXd::Ones(size));
      for_each_runner([&](Runner& r) { r.rebase(*metric_, settings_, settings_.fixed_step); });
      return Done{};
    }
    metric_ = std::make_shared<DiagonalMetric>(starts.front(), VectorXd::Constant(size, 0.1));
    for (Runner& r : runners_) r.positions = {r.point.position};
    update_metric();
    for_each_runner([&](Runner& r) {
      r.rebase(*metric_, settings_, 0.1);
      r.clear_window();
    });
    return Done{};
  }

  static Error interruption() { return {Fault::numerical, "interrupted", "", "--resume goes on"}; }

  void for_each_runner(const std::function<void(Runner&)>& body) {
    parallel_for(runners_.size(), settings_.threads, [&](std::size_t c) { body(runners_[c]); });
  }

  bool is_mine(std::size_t chain) const {
    return settings_.share == nullptr || settings_.share->is_mine(chain);
  }

  /// Lets every runner of this process work until `count(runner)` is `target`, in slices, with a checkpoint
  /// now and then. False when interrupted: what is done is then in the checkpoint.
  template <class Count, class Work>
  bool advance(std::size_t target, Count count, Work work, double& seconds) {
    while (true) {
      std::size_t least = target;
      for (std::size_t c = 0; c < runners_.size(); ++c)
        if (is_mine(c)) least = std::min(least, count(runners_[c]));
      if (least >= target) return arrived(false);
      const std::size_t until = std::min(target, least + slice);
      const auto begin = Clock::now();
      parallel_for(runners_.size(), settings_.threads, [&](std::size_t c) {
        while (is_mine(c) && count(runners_[c]) < until && !interrupted()) {
          work(runners_[c]);
          shared_.advance();
        }
      });
      seconds += seconds_since(begin);
      const bool stop = interrupted();
      if (stop || seconds_since(last_checkpoint_) > seconds_to_checkpoint) keep();
      if (stop) return arrived(true);
    }
  }

  /// Where the other processes are too; false when one was interrupted.
  bool arrived(bool stopped) {
    return settings_.share == nullptr ? !stopped : share_runners(*settings_.share, stopped, runners_);
  }

  void finish_window(const Window& window) {
    const auto begin = Clock::now();
    for (Runner& r : runners_) r.finish_window();
    if (runners_.front().positions.size() >= 2) {
      if (window.check_modes) move_lost_chains();
      if (window.learn_coordinates) learn_coordinates();
      if (window.update_metric) {
        update_metric();
        for_each_runner([&](Runner& r) { r.rebase(*metric_, settings_, 0); });
      }
    }
    if (&window == &windows_.back()) agree_on_step();
    for (Runner& r : runners_) r.clear_window();
    sample_.seconds_warmup += seconds_since(begin);
  }

  /// All chains draw with one step, from what all of them tried in the last window.
  void agree_on_step() {
    TriedSteps tried;
    double log_step = 0;
    for (const Runner& r : runners_) {
      tried.step.insert(tried.step.end(), r.tried.step.begin(), r.tried.step.end());
      tried.acceptance.insert(tried.acceptance.end(), r.tried.acceptance.begin(), r.tried.acceptance.end());
      log_step += std::log(r.step) / static_cast<double>(runners_.size());
    }
    const double step = step_for_acceptance(tried, settings_.target_acceptance, std::exp(log_step));
    for (Runner& r : runners_) r.step = step;
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
    lengthen(windows);
  }

  /// Where variabilities act on many weakly informed subjects, the curvature at a place counts all that is
  /// known of these subjects there, and the posterior is several times as wide. Crossing it takes that much
  /// longer.
  void lengthen(const std::vector<std::vector<VectorXd>>& windows) {
    constexpr std::size_t fewest = 25;
    constexpr double as_expected = 1.4, most = 3;
    const std::size_t head = density_.arrow().head;
    if (!learner_.is_arrow() || windows.front().size() < fewest || head == 0) return;
    const double widest = widest_of_head(*metric_, head, windows);
    settings_.longer = widest > as_expected ? std::min(widest, most) : 1.0;
  }

  void finish_warmup() {
    sample_.gradients_warmup = learner_.gradients();
    for (Runner& r : runners_) {
      if (settings_.fixed_step > 0) r.step = settings_.fixed_step;
      sample_.gradients_warmup += std::exchange(r.gradients, 0);
      sample_.divergences_warmup += r.divergences_warmup;
    }
    wanted_ = static_cast<std::size_t>(settings_.draws);
  }

  bool enough() const {
    if (settings_.gradient_budget > 0) {
      long gradients = sample_.gradients_warmup;
      for (const Runner& r : runners_) gradients += r.gradients;
      return gradients >= settings_.gradient_budget;
    }
    return wanted_ + static_cast<std::size_t>(settings_.draws) >
               static_cast<std::size_t>(settings_.most_draws) ||
           converged();
  }

  bool converged() const {
    constexpr std::size_t at_once = 128;
    std::vector<const Chain*> chains;
    for (const Runner& r : runners_) chains.push_back(&r.chain);
    for (std::size_t first = 0; first < density_.dimension(); first += at_once)  // the population first
      for (const Convergence& c : convergence_over(
               chains, first, std::min(at_once, density_.dimension() - first), settings_.threads))
        if (!(c.r_hat <= settings_.wanted_r_hat && c.ess_bulk >= settings_.wanted_ess &&
              c.ess_tail >= settings_.wanted_ess))
          return false;
    return true;
  }

  Sample collected() {
    for (Runner& r : runners_) {
      r.chain.step_size = r.step;
      sample_.gradients_sampling += r.gradients;
      sample_.chains.push_back(std::move(r.chain));
    }
    return std::move(sample_);
  }

  /// Everything that the rest of the work depends on, in either direction.
  template <class Archive>
  void exchange(Archive& archive, MetricRecipe& recipe, std::vector<double>& learnt) {
    archive(window_);
    archive(wanted_);
    archive(sample_.gradients_warmup);
    archive(sample_.divergences_warmup);
    archive(sample_.seconds_warmup);
    archive(sample_.seconds_sampling);
    archive(sample_.restarted_chains);
    archive(settings_.longer);
    archive(learnt);
    recipe.exchange(archive);
    learner_.exchange(archive);
    for (Runner& r : runners_) r.exchange(archive);
  }

  /// What must be the same for a checkpoint to be of this work.
  std::string identity() const {
    constexpr int layout = 3;  // of the bytes that follow; to be raised when they change
    ArchiveWriter id;
    id(layout);
    const SamplerSettings& s = settings_;
    id(density_.dimension());
    id(density_.identity());
    id(runners_.size());
    id(s.algorithm);
    id(s.form);
    id(s.metric);
    id(s.integrator);
    for (double x : {s.spread, s.target_acceptance, s.trajectory, s.fixed_step}) id(x);
    for (int x : {s.warmup, s.draws, s.max_steps, s.max_depth, s.fixed_steps}) id(x);
    id(s.seed);
    return id.bytes();
  }

  void keep() {
    last_checkpoint_ = Clock::now();
    if (settings_.checkpoint.empty() || settings_.share != nullptr) return;
    ArchiveWriter archive;
    MetricRecipe recipe = metric_->recipe();
    std::vector<double> learnt = density_.learnt();
    archive(identity());
    exchange(archive, recipe, learnt);
    (void)write_file(settings_.checkpoint, archive.bytes());  // the disk being full must not end the sampling
  }

  /// False, with nothing changed, when there is no checkpoint of this work.
  bool restore() {
    const auto bytes = read_file(settings_.checkpoint);
    if (!bytes) return false;
    ArchiveReader archive(*bytes);
    std::string id;
    archive(id);
    if (id != identity()) return false;
    MetricRecipe recipe;
    std::vector<double> learnt;
    exchange(archive, recipe, learnt);
    expects(archive.finished(), "a checkpoint is written whole");
    density_.restore(learnt);
    metric_ = make_metric(recipe);
    for_each_runner([&](Runner& r) {
      r.density = density_.clone();
      r.density->remember(r.memory);
    });
    return true;
  }

  Density& density_;
  SamplerSettings settings_;  ///< as asked, but for `longer`
  Progress& progress_;
  SharedProgress shared_{progress_};
  std::vector<Window> windows_;
  std::size_t window_ = 0, wanted_ = 0;  ///< wanted_: draws of a chain; 0 during warm-up
  std::vector<Runner> runners_ = {};
  std::shared_ptr<const Metric> metric_ = {};
  MetricLearner learner_;
  Sample sample_ = {};
  Clock::time_point last_checkpoint_ = Clock::now();
};

}  // namespace

Result<Sample> sample(Density& density, const std::vector<VectorXd>& starts, const SamplerSettings& settings,
                      Progress& progress) {
  progress.begin("sampling", starts.size() * static_cast<std::size_t>(settings.warmup + settings.draws));
  auto result = Sampling(density, settings, progress).run(starts);
  progress.end();
  return result;
}

}  // namespace qdose
