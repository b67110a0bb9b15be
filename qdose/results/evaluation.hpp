// How good an encoder is on fresh samples that training never saw.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "qdose/base/result.hpp"

namespace qdose {

/// Scores of class probabilities against the truth.
struct ClassScore {
  double accuracy = 0, accuracy_se = 0;  ///< share of right classes; standard error over trials
  double cross_entropy = 0;              ///< nats
  double ece = 0;                        ///< expected calibration error of the top class, 15 bins
};

struct Evaluation {
  std::string role, priors, encoder;
  std::vector<std::string> classes;
  ClassScore subject, trial;                 ///< one subject alone, and all subjects of a trial pooled
  double masked_mse = 0;                     ///< of standardised unbounded parameters, present ones only
  std::vector<std::vector<long>> confusion;  ///< [true][predicted], subjects
  std::uint64_t samples_seen = 0;            ///< subjects in training
  long test_count = 0, trial_count = 0;      ///< subjects and trials tested
};

/// evaluation.json; accuracy, accuracy_se, cross_entropy and ece at the top are those of single subjects.
Result<Done> save(const Evaluation& evaluation, const std::string& path);

}  // namespace qdose
