#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "qdose/report/compact.hpp"
#include "qdose/report/plot_data.hpp"

namespace qdose {

using nlohmann::json;

namespace {

/// Of every true class, the share that got each name.
json shares(const std::vector<std::vector<long>>& confusion) {
  json rows = json::array();
  for (const std::vector<long>& row : confusion) {
    long all = 0;
    for (const long count : row) all += count;
    std::vector<double> share;
    for (const long count : row)
      share.push_back(all > 0 ? static_cast<double>(count) / static_cast<double>(all) : 0);
    rows.push_back(compact(share, 3));
  }
  return rows;
}

/// Bins that hold answers: how sure, how often right, of how many.
json reliability(const ClassScore& score) {
  std::vector<double> stated, right, count;
  for (const CalibrationBin& bin : score.calibration) {
    if (bin.count == 0) continue;
    stated.push_back(bin.confidence), right.push_back(bin.accuracy);
    count.push_back(static_cast<double>(bin.count));
  }
  return {{"x", compact(stated)}, {"y", compact(right)}, {"n", compact(count, 7)}};
}

json curve(const std::vector<TrainingPoint>& points) {
  std::vector<double> seen, accuracy, trial, mse;
  for (const TrainingPoint& p : points) {
    seen.push_back(static_cast<double>(p.samples_seen));
    accuracy.push_back(p.accuracy), trial.push_back(p.trial_accuracy), mse.push_back(p.masked_mse);
  }
  return {{"x", compact(seen, 7)},
          {"accuracy", compact(accuracy)},
          {"trial", compact(trial)},
          {"mse", compact(mse)}};
}

json encoder_data(const Evaluation& e) {
  const bool has_trials = e.trial_count < e.test_count && !e.trial_confusion.empty();
  json out{{"role", e.role},
           {"priors", e.priors},
           {"encoder", e.encoder},
           {"classes", e.classes},
           {"confusion", shares(e.confusion)},
           {"reliability", reliability(e.subject)},
           {"curve", curve(e.training_curve)},
           {"bayes", e.bayes ? compact(e.bayes->score.accuracy) : json(nullptr)}};
  if (has_trials)
    out["trial"] = {{"confusion", shares(e.trial_confusion)}, {"reliability", reliability(e.trial)}};
  return out;
}

}  // namespace

json encoders_data(const std::vector<Evaluation>& encoders) {
  json out = json::array();
  for (const Evaluation& e : encoders) out.push_back(encoder_data(e));
  return out;
}

}  // namespace qdose
