#include "qdose/stage1_classify/train/trainer.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <future>
#include <limits>
#include <map>
#include <numbers>

#include "qdose/base/files.hpp"
#include "qdose/base/interrupt.hpp"
#include "qdose/results/evaluation.hpp"
#include "qdose/results/training_log.hpp"
#include "qdose/stage1_classify/general_encoder.hpp"
#include "qdose/stage1_classify/sample_ledger.hpp"
#include "qdose/stage1_classify/scoring.hpp"
#include "qdose/stage1_classify/train/network.hpp"

namespace qdose {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double checkpoint_seconds = 45;
constexpr std::size_t watch_subjects = 500;         // scored at each line of the log
constexpr std::size_t calibration_subjects = 4000;  // for the temperatures, and as many for the final scores
const std::string best_prefix = "best.";
constexpr double final_share = 0.06;  // of the budget, kept for calibration and final scores

/// Trials of one training step: their number of subjects changes from step to step, so that pooling is
/// learned for any size while most steps see many different trials.
struct StepShape {
  std::size_t group, trials;
};

StepShape shape_of_step(std::int64_t step, std::size_t batch, const Problem& problem) {
  const std::vector<std::size_t> sizes = problem.group_sizes();
  const std::size_t group =
      std::min(sizes[static_cast<std::size_t>(step) % sizes.size()], problem.full_group());
  return {group, std::max<std::size_t>(1, batch / group)};
}

/// Warm-up, then half a cosine; `share` of the budget in [0, 1]. A training that starts from another encoder
/// has something to lose: it also waits for Adam's second moments to fill, 1 / (1 - beta2) steps.
double learning_rate(const TrainJob& job, double share, std::int64_t step) {
  const EncoderConfig& config = job.config;
  double rise = config.warmup > 0 ? std::min(1.0, (share + 1e-3) / config.warmup) : 1.0;
  if (!job.start.empty())
    rise = std::min(rise, static_cast<double>(step + 1) * (1 - TrainingNetwork::second_moment_decay));
  return config.learning_rate * (rise * 0.5 * (1 + std::cos(std::numbers::pi * std::min(share, 1.0))) + 1e-3);
}

/// The smaller, the better the answers on validation trials.
double validation_loss(const Evaluation& e, const EncoderConfig& config) {
  return e.subject.cross_entropy + config.trial_weight * e.trial.cross_entropy +
         config.regression_weight * e.masked_mse / 2;
}

class Trainer {
 public:
  Trainer(const TrainJob& job, const Problem& problem, Encoder start, std::filesystem::path folder,
          const TrainingNews& news, Arithmetic arithmetic)
      : job_(job),
        problem_(problem),
        folder_(std::move(folder)),
        news_(news),
        encoder_(std::move(start)),
        arithmetic_(arithmetic),
        network_(encoder_, arithmetic) {}

  Result<Done> resume() {
    Result<TensorFile> state = load_safetensors(folder_ / checkpoint_file);
    if (!state) return state.errors();
    if (Result<Done> restored = network_.restore(*state); !restored) return restored;
    step_ = std::stoll(state->metadata["steps"]);
    drawn_ = step_;
    next_item_ = drawn_items_ = std::stoull(state->metadata["next_item"]);
    encoder_.samples_seen = std::stoull(state->metadata["samples_seen"]);
    spent_before_ = std::stod(state->metadata["seconds"]);
    if (const auto loss = state->metadata.find("best_loss"); loss != state->metadata.end())
      best_loss_ = std::stod(loss->second);
    for (auto& [name, tensor] : state->tensors)
      if (name.starts_with(best_prefix)) best_[name.substr(best_prefix.size())] = std::move(tensor);
    const Result<std::string> log = read_file(folder_ / log_file);
    if (log) log_ = *log;
    return Done{};
  }

  Result<Done> run() {
    const double evaluation_share = 1.0 / std::max(1, job_.evaluations);
    double next_evaluation = (std::floor(share() / evaluation_share) + 1) * evaluation_share;
    double next_checkpoint = seconds() + checkpoint_seconds;
    std::deque<Upcoming> upcoming;
    for (int i = 0; i < draws_ahead(); ++i) upcoming.push_back(draw_next());
    StepLoss recent;
    if (step_ == 0 && keeps_best())  // how good the start is
      if (Result<Done> noted = note(recent); !noted) return noted;
    while (share() < 1) {
      const auto [batch, hashes] = upcoming.front().get();
      upcoming.pop_front();
      upcoming.push_back(draw_next());
      seen_.add(hashes);
      recent = network_.step(batch, learning_rate(job_, share(), step_));
      ++step_;
      next_item_ += batch.trials();
      encoder_.samples_seen += batch.tokens.subjects;
      if (!std::isfinite(recent.subject))
        return Error{Fault::numerical, "the training diverged", (folder_ / log_file).string(),
                     "lower learning_rate"};
      if (interrupted()) {
        if (Result<Done> saved = save_checkpoint(); !saved) return saved;
        return Error{Fault::numerical, "interrupted", (folder_ / checkpoint_file).string(),
                     "go on with --resume"};
      }
      if (share() >= next_evaluation) {
        if (Result<Done> noted = note(recent); !noted) return noted;
        next_evaluation += evaluation_share;
      }
      if (seconds() >= next_checkpoint) {
        if (Result<Done> saved = save_checkpoint(); !saved) return saved;
        next_checkpoint = seconds() + checkpoint_seconds;
      }
    }
    return finish();
  }

 private:
  /// A batch with its subjects' hashes.
  struct Drawn {
    LabelledTrials batch;
    std::vector<std::uint64_t> hashes;
  };
  using Upcoming = std::future<Drawn>;

  /// Batches in the making: a CUDA device leaves the processor's threads to them.
  int draws_ahead() const { return arithmetic_.cuda ? std::max(1, job_.threads - 1) : 1; }

  /// A training that starts from another encoder must not end with a worse one.
  bool keeps_best() const { return !job_.start.empty(); }

  double seconds() const {
    return spent_before_ + std::chrono::duration<double>(Clock::now() - start_).count();
  }
  double share() const {
    if (job_.steps > 0) return static_cast<double>(step_) / static_cast<double>(job_.steps);
    return seconds() / (job_.seconds * (1 - final_share));
  }

  /// The next batch, drawn beside the steps when a second thread is ours, else when it is asked for.
  Upcoming draw_next() {
    const StepShape shape = shape_of_step(drawn_++, static_cast<std::size_t>(job_.config.batch), problem_);
    const std::uint64_t item = std::exchange(drawn_items_, drawn_items_ + shape.trials);
    return std::async(job_.threads > 1 ? std::launch::async : std::launch::deferred, [this, shape, item] {
      Drawn drawn{problem_.draw(Purpose::training, item, shape.trials, shape.group), {}};
      drawn.hashes = SampleLedger::hashes(drawn.batch.tokens);
      return drawn;
    });
  }

  /// Scores whole trials of a purpose with the current weights.
  Scorer score_fresh(Purpose purpose, std::size_t subjects) {
    const std::size_t group = problem_.full_group();
    const std::size_t trials = std::max<std::size_t>(8, subjects / group);
    const std::size_t at_once = std::max<std::size_t>(1, 512 / group);
    Scorer scorer(problem_.task());
    for (std::size_t done = 0; done < trials; done += at_once) {
      const LabelledTrials batch = problem_.draw(purpose, done, std::min(at_once, trials - done), group);
      held_out_in_training_ += seen_.count(batch.tokens);
      scorer.add(batch, network_.forward(batch.tokens, group));
    }
    return scorer;
  }

  Result<Done> note(const StepLoss& loss) {
    const Evaluation e = score_fresh(Purpose::validation, watch_subjects).result({});
    if (const double loss_now = validation_loss(e, job_.config); keeps_best() && loss_now < best_loss_) {
      best_loss_ = loss_now;
      best_ = network_.weights();
    }
    log_ += to_json_line({step_, encoder_.samples_seen, seconds(), loss.subject, loss.trial, loss.regression,
                          e.subject.accuracy, e.subject.cross_entropy, e.masked_mse, e.trial.accuracy,
                          e.trial.cross_entropy}) +
            "\n";
    news_(std::min(share(), 1.0),
          fmt::format("{} {:.2f} a subject, {:.2f} a trial", e.role, e.subject.accuracy, e.trial.accuracy));
    return write_file(folder_ / log_file, log_);
  }

  Result<Done> save_checkpoint() {
    TensorFile state = network_.state();
    state.metadata["next_item"] = std::to_string(next_item_);
    state.metadata["samples_seen"] = std::to_string(encoder_.samples_seen);
    state.metadata["seconds"] = std::to_string(seconds());
    if (!best_.empty()) state.metadata["best_loss"] = fmt::format("{:.17g}", best_loss_);
    for (const auto& [name, tensor] : best_) state.tensors[best_prefix + name] = tensor;
    return save_safetensors(state, folder_ / checkpoint_file);
  }

  /// Temperatures on validation trials, scores on test trials, and the files.
  Result<Done> finish() {
    encoder_.weights = best_.empty() ? network_.weights() : best_;
    if (!best_.empty()) network_.set_weights(best_);
    encoder_.temperatures = score_fresh(Purpose::validation, calibration_subjects).temperatures();
    Evaluation evaluation = score_fresh(Purpose::test, calibration_subjects).result(encoder_.temperatures);
    encoder_.seconds = seconds();
    evaluation.priors = job_.priors;
    evaluation.encoder = job_.config.name;
    evaluation.samples_seen = encoder_.samples_seen;
    evaluation.seconds = encoder_.seconds;
    evaluation.repeated = seen_.repeated();
    evaluation.held_out_in_training = held_out_in_training_;
    evaluation.training_curve = training_points(log_);
    if (Result<Done> saved = save(evaluation, (folder_ / evaluation_file).string()); !saved) return saved;
    if (Result<Done> saved = save_encoder(encoder_, folder_ / encoder_file); !saved) return saved;
    news_(1, fmt::format("{} {:.3f} a subject, {:.3f} a trial on fresh trials", evaluation.role,
                         evaluation.subject.accuracy, evaluation.trial.accuracy));
    return Done{};
  }

  const TrainJob& job_;
  const Problem& problem_;
  std::filesystem::path folder_;
  const TrainingNews& news_;
  Encoder encoder_;
  Arithmetic arithmetic_;
  TrainingNetwork network_;
  Clock::time_point start_ = Clock::now();
  std::int64_t step_ = 0, drawn_ = 0;
  std::uint64_t next_item_ = 0, drawn_items_ = 0;
  double spent_before_ = 0;
  SampleLedger seen_;
  std::uint64_t held_out_in_training_ = 0;
  std::string log_;
  std::map<std::string, Tensor> best_;  ///< weights with the smallest validation loss, where that is kept
  double best_loss_ = std::numeric_limits<double>::infinity();
};

}  // namespace

Result<Done> train(const TrainJob& job, const std::filesystem::path& folder, bool resume,
                   const TrainingNews& news) {
  Result<std::unique_ptr<Problem>> problem = make_problem(job);
  if (!problem) return problem.errors();
  Result<Encoder> start = starting_encoder(job, (*problem)->task());
  if (!start) return start.errors();
  const Result<Arithmetic> arithmetic = arithmetic_for(job.device, job.threads);
  if (!arithmetic) return arithmetic.errors();
  Trainer trainer(job, **problem, std::move(*start), folder, news, *arithmetic);
  if (resume)
    if (Result<Done> restored = trainer.resume(); !restored) return restored;
  return trainer.run();
}

}  // namespace qdose
