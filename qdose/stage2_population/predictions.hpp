// Predictions for the trial's subjects at chosen times: what fits, checks and cross-validation are made of.
#pragma once
#include <functional>
#include <span>
#include <vector>

#include "qdose/stage2_population/posterior.hpp"

namespace qdose {

/// Times of one subject at which predictions are wanted, ascending.
struct PredictionTimes {
  std::vector<double> pk, pd;
};

/// Predicted values of one subject at its PredictionTimes, where the kernels left them.
struct Prediction {
  std::span<const Lanes> pk_values, pd_values;
  std::size_t lane = 0;

  double pk(std::size_t time) const { return pk_values[time][lane]; }
  double pd(std::size_t time) const { return pd_values[time][lane]; }
};

/// Plans for all subjects, eight together, made once for many predictions.
class Predictor {
 public:
  /// `times` by subject of the trial. Subjects without any are skipped; without a PD class PD times are too.
  Predictor(const PopulationProblem& problem, const Trial& trial, const std::vector<PredictionTimes>& times);

  /// Writes a subject's unbounded parameters [parameter] in the i-th of the wanted predictions.
  using Parameters = std::function<void(std::size_t i, std::size_t subject, std::span<double> phi)>;
  using Use = std::function<void(std::size_t i, std::size_t subject, const Prediction&)>;

  /// Calls `use` for every i < count and every subject on up to `threads` threads, in no order.
  void predict(std::size_t count, int threads, const Parameters& parameters, const Use& use) const;

 private:
  struct Batch {
    BatchPlan plan;
    std::vector<std::size_t> subject;
    std::vector<std::size_t> pk_count, pd_count;
  };
  void predict_batch(const Batch& batch, std::size_t first, std::size_t end, const Parameters& parameters,
                     const Use& use) const;

  const PopulationProblem* problem_;
  std::vector<Batch> batches_;
};

/// Times of a subject's observations, as far as they can be predicted: concentrations only under doses.
PredictionTimes observation_times(const Subject& subject);

/// Observation times and enough others for a smooth curve: several a dose, denser after each.
PredictionTimes curve_times(const Subject& subject);

}  // namespace qdose
