// Made-up tests of encoders for the report.
#pragma once
#include <cmath>
#include <string>
#include <vector>

#include "qdose/results/evaluation.hpp"

namespace qdose::testing {

/// Right in a share `right` of the cases, otherwise one class too far.
inline std::vector<std::vector<long>> synthetic_confusion(std::size_t classes, double right) {
  std::vector<std::vector<long>> confusion(classes, std::vector<long>(classes, 0));
  for (std::size_t c = 0; c < classes; ++c) {
    confusion[c][c] = std::lround(200 * right);
    confusion[c][(c + 1) % classes] += 200 - confusion[c][c];
  }
  return confusion;
}

inline ClassScore synthetic_score(double accuracy) {
  ClassScore score{accuracy, 0.01, 2 * (1 - accuracy), 0.02, {}};
  for (int bin = 0; bin < 15; ++bin) {
    const double stated = (bin + 0.5) / 15;
    score.calibration.push_back({bin < 3 ? 0 : 40 + 10 * bin, stated, std::pow(stated, 1.1)});
  }
  return score;
}

inline Evaluation synthetic_evaluation(const std::string& role, const std::string& priors,
                                       const std::vector<std::string>& classes) {
  Evaluation e;
  e.role = role, e.priors = priors, e.encoder = "small", e.classes = classes;
  e.subject = synthetic_score(0.62), e.trial = synthetic_score(0.9);
  e.masked_mse = 0.2, e.confusion = synthetic_confusion(classes.size(), 0.62);
  e.trial_confusion = synthetic_confusion(classes.size(), 0.9);
  e.confused = {{classes[0], classes[1], 0.1, false}};
  e.samples_seen = 800000, e.test_count = 2000, e.trial_count = priors == "general" ? 80 : 2000;
  for (int k = 1; k <= 12; ++k) {
    TrainingPoint point;
    point.step = 100 * k, point.samples_seen = static_cast<std::uint64_t>(k) * 66000;
    point.accuracy = 0.62 - 0.5 / k, point.trial_accuracy = 0.9 - 0.7 / k, point.masked_mse = 0.2 + 0.6 / k;
    e.training_curve.push_back(point);
  }
  return e;
}

}  // namespace qdose::testing
