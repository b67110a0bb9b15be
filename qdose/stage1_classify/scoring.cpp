#include "qdose/stage1_classify/scoring.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "qdose/base/expects.hpp"
#include "qdose/stage1_classify/confused_pairs.hpp"

namespace qdose {
namespace {

constexpr std::size_t calibration_bins = 15;

std::size_t most_probable(const std::vector<double>& p) {
  return static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin());
}

double cross_entropy(const ScoredLogits& scored, double temperature) {
  double sum = 0;
  for (std::size_t r = 0; r < scored.rows(); ++r) {
    const auto p = probabilities(&scored.logits[r * scored.classes], scored.classes, temperature);
    sum -= std::log(std::max(p[scored.label[r]], 1e-300));
  }
  return sum / static_cast<double>(scored.rows());
}

/// How often each class was named when another was true.
std::vector<std::vector<long>> confusion_of(const ScoredLogits& scored) {
  std::vector<std::vector<long>> confusion(scored.classes, std::vector<long>(scored.classes, 0));
  for (std::size_t r = 0; r < scored.rows(); ++r) {
    const float* row = &scored.logits[r * scored.classes];
    ++confusion[scored.label[r]][static_cast<std::size_t>(std::max_element(row, row + scored.classes) - row)];
  }
  return confusion;
}

/// Standard error of a mean over clusters of equal size.
double clustered_error(const std::vector<double>& hits, std::size_t cluster, double mean) {
  const std::size_t clusters = hits.size() / cluster;
  if (clusters < 2) return 0;
  double sum = 0;
  for (std::size_t c = 0; c < clusters; ++c) {
    double own = 0;
    for (std::size_t i = 0; i < cluster; ++i) own += hits[c * cluster + i];
    const double difference = own / static_cast<double>(cluster) - mean;
    sum += difference * difference;
  }
  return std::sqrt(sum / static_cast<double>(clusters) / static_cast<double>(clusters - 1));
}

}  // namespace

double fit_temperature(const ScoredLogits& scored) {
  const double golden = (std::sqrt(5.0) - 1) / 2;
  double low = std::log(0.1), high = std::log(10.0);
  double a = high - golden * (high - low), b = low + golden * (high - low);
  double at_a = cross_entropy(scored, std::exp(a)), at_b = cross_entropy(scored, std::exp(b));
  while (high - low > 1e-3) {
    if (at_a < at_b) {
      high = b, b = a, at_b = at_a;
      a = high - golden * (high - low);
      at_a = cross_entropy(scored, std::exp(a));
    } else {
      low = a, a = b, at_a = at_b;
      b = low + golden * (high - low);
      at_b = cross_entropy(scored, std::exp(b));
    }
  }
  return std::exp((low + high) / 2);
}

ClassScore score(const ScoredLogits& scored, double temperature, std::size_t cluster) {
  expects(scored.rows() > 0 && scored.rows() % cluster == 0, "whole clusters of rows");
  std::array<double, calibration_bins> confidence{}, right{};
  std::array<long, calibration_bins> count{};
  std::vector<double> hits;
  for (std::size_t r = 0; r < scored.rows(); ++r) {
    const auto p = probabilities(&scored.logits[r * scored.classes], scored.classes, temperature);
    const std::size_t top = most_probable(p);
    const auto bin = std::min(static_cast<std::size_t>(p[top] * calibration_bins), calibration_bins - 1);
    hits.push_back(top == scored.label[r] ? 1.0 : 0.0);
    ++count[bin];
    confidence[bin] += p[top];
    right[bin] += hits.back();
  }
  const double n = static_cast<double>(scored.rows());
  ClassScore result;
  for (std::size_t bin = 0; bin < calibration_bins; ++bin) {
    result.accuracy += right[bin] / n;
    result.ece += std::fabs(right[bin] - confidence[bin]) / n;
    const double own = std::max(1.0, static_cast<double>(count[bin]));
    result.calibration.push_back({count[bin], confidence[bin] / own, right[bin] / own});
  }
  result.accuracy_se = clustered_error(hits, cluster, result.accuracy);
  result.cross_entropy = cross_entropy(scored, temperature);
  return result;
}

Scorer::Scorer(const EncoderTask& task) : task_(task) {
  subject_.classes = trial_.classes = task.classes.size();
}

void Scorer::add(const LabelledTrials& trials, const EncoderOutput& output) {
  group_ = trials.group;
  subject_.logits.insert(subject_.logits.end(), output.subject_logits.begin(), output.subject_logits.end());
  trial_.logits.insert(trial_.logits.end(), output.trial_logits.begin(), output.trial_logits.end());
  for (std::size_t label : trials.label) {
    trial_.label.push_back(label);
    subject_.label.insert(subject_.label.end(), trials.group, label);
  }
  for (std::size_t i = 0; i < trials.mask.size(); ++i) {
    const double error = output.parameters[i] - trials.target[i];
    squared_error_ += trials.mask[i] * error * error;
    present_ += trials.mask[i];
  }
}

Temperatures Scorer::temperatures() const { return {fit_temperature(subject_), fit_temperature(trial_)}; }

Evaluation Scorer::result(const Temperatures& temperatures) const {
  Evaluation evaluation;
  evaluation.role = task_.role == Role::pk ? "pk" : "pd";
  evaluation.classes = task_.classes;
  evaluation.subject = score(subject_, temperatures.subject, group_);
  evaluation.trial = score(trial_, temperatures.trial, 1);
  evaluation.masked_mse = present_ > 0 ? squared_error_ / present_ : 0;
  evaluation.confusion = confusion_of(subject_);
  evaluation.trial_confusion = confusion_of(trial_);
  evaluation.confused = confused_pairs(task_.classes, evaluation.trial_confusion);
  evaluation.trial_accuracy_joint =
      accuracy_up_to(task_.classes, evaluation.trial_confusion, same_models(task_.classes));
  evaluation.trial_accuracy_decidable =
      accuracy_up_to(task_.classes, evaluation.trial_confusion, evaluation.confused);
  evaluation.test_count = static_cast<long>(subject_.rows());
  evaluation.trial_count = static_cast<long>(trial_.rows());
  return evaluation;
}

}  // namespace qdose
