#include "qdose/stage1_classify/bayes_score.hpp"

#include <algorithm>
#include <cmath>

#include "qdose/base/interrupt.hpp"
#include "qdose/base/threads.hpp"
#include "qdose/stage1_classify/report_evidence.hpp"
#include "qdose/stage1_classify/report_problem.hpp"
#include "qdose/stage1_classify/scoring.hpp"
#include "qdose/stage1_classify/trial_evidence.hpp"

namespace qdose {
namespace {

constexpr std::size_t at_once = 32;
constexpr std::uint32_t evidence_sub_item = 901;  // keeps these numbers apart from those of the samples

/// Sums over the samples, one at a time.
class Comparison {
 public:
  void add(const BayesPosterior& bayes, const float* encoder_logits, std::size_t label) {
    const std::size_t classes = bayes.probability.size();
    scored_.classes = classes;
    scored_.label.push_back(label);
    for (double p : bayes.probability)
      scored_.logits.push_back(static_cast<float>(std::log(std::max(p, 1e-30))));
    const auto top = std::max_element(bayes.probability.begin(), bayes.probability.end());
    expected_ += *top;
    squared_error_ += bayes.log_evidence_se * bayes.log_evidence_se;
    const double ours = static_cast<std::size_t>(std::max_element(encoder_logits, encoder_logits + classes) -
                                                 encoder_logits) == label;
    const double best = static_cast<std::size_t>(top - bayes.probability.begin()) == label;
    encoder_ += ours;
    difference_ += best - ours;
    squared_difference_ += (best - ours) * (best - ours);
  }
  BayesScore result() const {
    const double n = static_cast<double>(scored_.rows()), mean = difference_ / n;
    BayesScore score;
    score.score = qdose::score(scored_, 1.0, 1);
    score.expected_accuracy = expected_ / n;
    score.encoder_accuracy = encoder_ / n;
    score.difference_se = std::sqrt(std::max(0.0, squared_difference_ / n - mean * mean) / n);
    score.log_evidence_se = std::sqrt(squared_error_ / n);
    score.count = static_cast<long>(scored_.rows());
    return score;
  }

 private:
  ScoredLogits scored_;
  double expected_ = 0, squared_error_ = 0, encoder_ = 0, difference_ = 0, squared_difference_ = 0;
};

}  // namespace

bool is_report(const std::string& priors) { return priors == "report" || priors == "report-as-published"; }

Result<BayesScore> bayes_score(const ReportProblem& problem, const Encoder& encoder, std::uint64_t seed,
                               std::size_t count, int threads, Progress& progress) {
  Comparison comparison;
  const std::size_t places = report_times(problem.role).size();
  const std::size_t patch = std::min(static_cast<std::size_t>(encoder.config.patch), places);
  progress.begin("Bayes classifier", count);
  for (std::size_t first = 0; first < count && !interrupted(); first += at_once) {
    const std::size_t n = std::min(at_once, count - first);
    const ReportTrajectories samples = report_trajectories(problem, seed, Purpose::test, first, n);
    const EncoderOutput output =
        run_encoder(encoder, report_tokens(samples, problem.role, patch), 1, threads);
    const auto posteriors = bayes_classifier(problem, samples, seed, first, threads);
    for (std::size_t i = 0; i < n; ++i)
      comparison.add(posteriors[i], &output.subject_logits[i * output.classes],
                     static_cast<std::size_t>(samples.label[i]));
    progress.update(first + n);
  }
  progress.end();
  if (interrupted()) return Error{Fault::numerical, "interrupted", "Bayes classifier", ""};
  return comparison.result();
}

Result<BayesScore> bayes_score(const Trial& trial, const Problem& problem, const Encoder& encoder,
                               std::uint64_t seed, std::size_t count, int threads, Progress& progress) {
  const TrialBayes bayes(trial, problem.task().role, seed);
  const std::size_t group = problem.full_group();
  Comparison comparison;
  progress.begin("Bayes classifier", count);
  for (std::size_t first = 0; first < count && !interrupted(); first += at_once) {
    const std::size_t n = std::min(at_once, count - first);
    const LabelledTrials trials = problem.draw(Purpose::test, first, n, group);
    const EncoderOutput output = run_encoder(encoder, trials.tokens, group, threads);
    std::vector<BayesPosterior> posteriors(n);
    const auto subject_of = [&](std::size_t i) { return (first + i) % group; };
    parallel_for(n, threads, [&](std::size_t i) {
      const Trial drawn = problem.trial(Purpose::test, first + i, group);
      posteriors[i].probability = bayes.posterior(drawn.subjects[subject_of(i)],
                                                  Stream(seed, Purpose::test, first + i, evidence_sub_item));
    });
    for (std::size_t i = 0; i < n; ++i)
      comparison.add(posteriors[i], &output.subject_logits[(i * group + subject_of(i)) * output.classes],
                     trials.label[i]);
    progress.update(first + n);
  }
  progress.end();
  if (interrupted()) return Error{Fault::numerical, "interrupted", "Bayes classifier", ""};
  return comparison.result();
}

}  // namespace qdose
