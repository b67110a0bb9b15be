// Predictions for the trial's subjects at chosen times: what fits, checks and cross-validation are made of.
#pragma once
#include <functional>
#include <vector>

#include "qdose/stage2_population/posterior.hpp"

namespace qdose {

/// Times of one subject at which predictions are wanted, ascending.
struct PredictionTimes {
  std::vector<double> pk, pd;
};

/// Predicted values of one subject at its PredictionTimes.
struct Prediction {
  std::vector<double> pk, pd;
};

/// Plans for all subjects, made once for many predictions. One object serves one thread at a time; copies are
/// independent.
class Predictor {
 public:
  /// `times` by subject of the trial. Subjects without any are skipped.
  Predictor(const PopulationProblem& problem, const Trial& trial, const std::vector<PredictionTimes>& times);

  /// Calls `use(subject, prediction)` for every subject, with its unbounded parameters from
  /// `parameters(subject)`.
  void predict(const std::function<std::vector<double>(std::size_t)>& parameters,
               const std::function<void(std::size_t, const Prediction&)>& use);

 private:
  struct Batch {
    BatchPlan plan;
    std::vector<std::size_t> subject;
    std::vector<std::size_t> pk_count, pd_count;
  };
  const PopulationProblem* problem_;
  std::vector<Batch> batches_;
  BatchEvaluation evaluation_;
};

/// Calls body(own predictor, i) for every i < count; each thread has one copy of `predictor`.
void with_predictors(const Predictor& predictor, std::size_t count, int threads,
                     const std::function<void(Predictor&, std::size_t)>& body);

/// Times of a subject's observations, as far as they can be predicted: concentrations only under doses.
PredictionTimes observation_times(const Subject& subject);

/// Observation times and enough others for a smooth curve: several a dose, denser after each.
PredictionTimes curve_times(const Subject& subject);

}  // namespace qdose
