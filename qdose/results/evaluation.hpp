// How good an encoder is on fresh samples that training never saw.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "qdose/base/result.hpp"
#include "qdose/results/training_log.hpp"

namespace qdose {

/// Answers whose top probability lies in one of fifteen equal parts of [0, 1].
struct CalibrationBin {
  long count = 0;
  double confidence = 0,
         accuracy = 0;  ///< mean top probability and share of right answers, 0 without answers
};

/// Scores of class probabilities against the truth.
struct ClassScore {
  double accuracy = 0, accuracy_se = 0;       ///< share of right classes; standard error over trials
  double cross_entropy = 0;                   ///< nats
  double ece = 0;                             ///< expected calibration error of the top class, 15 bins
  std::vector<CalibrationBin> calibration{};  ///< reliability diagram; empty in files of older versions
};

/// Two classes that are taken for each other.
struct ConfusedPair {
  std::string first, second;
  double share = 0;         ///< of the trials that follow one of them, those named after the other
  bool same_model = false;  ///< the same equations, told apart by which rate is the faster one
};

/// The check "does any class explain this trial?" on simulated trials that a class explains and on others.
struct CatalogueCheck {
  long trials = 0;
  double false_alarms = 0;  ///< share of trials flagged although their class is in the list
  struct Outsiders {
    std::string kind;  ///< what made the trials
    long trials = 0;
    double flagged = 0;  ///< share of them
  };
  std::vector<Outsiders> outsiders;
};

/// The classifier that no other can beat, on some of the same samples: the most probable class under the
/// exact prior and noise.
struct BayesScore {
  ClassScore score;
  double expected_accuracy = 0;  ///< mean of its largest posterior probability: its accuracy, less noisy
  double encoder_accuracy = 0;   ///< of the encoder on these samples
  double difference_se = 0;      ///< standard error of accuracy - encoder_accuracy (same samples)
  double log_evidence_se = 0;    ///< typical error of a log evidence (root mean square)
  long count = 0;
};

struct Evaluation {
  std::string role, priors, encoder;
  std::vector<std::string> classes;
  ClassScore subject, trial;                 ///< one subject alone, and all subjects of a trial pooled
  double masked_mse = 0;                     ///< of standardised unbounded parameters, present ones only
  std::vector<std::vector<long>> confusion;  ///< [true][predicted], subjects
  std::vector<std::vector<long>> trial_confusion;  ///< [true][predicted], trials
  std::vector<ConfusedPair> confused;              ///< on trials
  double trial_accuracy_joint = 0;                 ///< names of one model count as one
  double trial_accuracy_decidable = 0;             ///< confused pairs count as one
  std::uint64_t samples_seen = 0;                  ///< subjects in training
  std::uint64_t repeated = 0;                      ///< of these, seen before in the same training
  std::uint64_t held_out_in_training = 0;          ///< validation and test subjects that training had seen
  double seconds = 0;                              ///< training time
  long test_count = 0, trial_count = 0;            ///< subjects and trials tested
  std::optional<BayesScore> bayes;
  std::optional<CatalogueCheck> check;
  std::map<std::string, long> answers;  ///< by class: subjects of a real trial, shown on the report's grid
  std::vector<TrainingPoint> training_curve;  ///< of the encoder, where its log is known
};

/// evaluation.json; accuracy, accuracy_se, cross_entropy and ece at the top are those of single subjects.
std::string to_json(const Evaluation& evaluation);
Result<Done> save(const Evaluation& evaluation, const std::string& path);
/// Faults: no such file, not an evaluation.
Result<Evaluation> load_evaluation(const std::string& path);

}  // namespace qdose
