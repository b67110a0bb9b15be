// How right and how honest class probabilities are: scores against known truth, and the temperature that
// makes them calibrated.
#pragma once
#include <span>
#include <vector>

#include "qdose/results/evaluation.hpp"
#include "qdose/stage1_classify/inference.hpp"
#include "qdose/stage1_classify/problem.hpp"

namespace qdose {

/// Logits [rows][classes] with the true class of each row.
struct ScoredLogits {
  std::size_t classes = 0;
  std::vector<float> logits;
  std::vector<std::size_t> label;
  std::size_t rows() const { return label.size(); }
};

/// The temperature in [0.1, 10] with the smallest mean cross-entropy (golden section, 1e-3 relative).
double fit_temperature(const ScoredLogits& scored);

/// Accuracy, cross-entropy and calibration; rows come in clusters of `cluster` (subjects of one trial share a
/// class), over which the standard error is taken. At least one row.
ClassScore score(const ScoredLogits& scored, double temperature, std::size_t cluster);

/// Collects outputs on labelled trials, batch after batch.
class Scorer {
 public:
  explicit Scorer(const EncoderTask& task);
  void add(const LabelledTrials& trials, const EncoderOutput& output);
  /// Temperatures fitted on everything added.
  Temperatures temperatures() const;
  /// Scores of everything added.
  Evaluation result(const Temperatures& temperatures) const;

 private:
  EncoderTask task_;
  ScoredLogits subject_, trial_;
  std::size_t group_ = 1;
  double squared_error_ = 0, present_ = 0;
};

}  // namespace qdose
