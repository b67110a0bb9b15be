#include "qdose/results/training_log.hpp"

#include <nlohmann/json.hpp>
#include <sstream>

namespace qdose {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const TrainingPoint& p) {
  return {{"step", p.step},
          {"samples_seen", p.samples_seen},
          {"seconds", p.seconds},
          {"training_loss",
           {{"subject", p.subject_loss}, {"trial", p.trial_loss}, {"regression", p.regression_loss}}},
          {"accuracy", p.accuracy},
          {"cross_entropy", p.cross_entropy},
          {"masked_mse", p.masked_mse},
          {"trial_accuracy", p.trial_accuracy},
          {"trial_cross_entropy", p.trial_cross_entropy}};
}

TrainingPoint training_point(const Json& json) {
  TrainingPoint p;
  json.at("step").get_to(p.step);
  json.at("samples_seen").get_to(p.samples_seen);
  json.at("seconds").get_to(p.seconds);
  const Json& loss = json.at("training_loss");
  loss.at("subject").get_to(p.subject_loss);
  loss.at("trial").get_to(p.trial_loss);
  loss.at("regression").get_to(p.regression_loss);
  json.at("accuracy").get_to(p.accuracy);
  json.at("cross_entropy").get_to(p.cross_entropy);
  json.at("masked_mse").get_to(p.masked_mse);
  json.at("trial_accuracy").get_to(p.trial_accuracy);
  json.at("trial_cross_entropy").get_to(p.trial_cross_entropy);
  return p;
}

}  // namespace

std::string to_json_line(const TrainingPoint& point) { return json_of(point).dump(); }

std::vector<TrainingPoint> training_points(const std::string& log) {
  std::vector<TrainingPoint> points;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    const Json json = Json::parse(line, nullptr, false);
    if (json.is_discarded()) continue;
    try {
      points.push_back(training_point(json));
    } catch (const Json::exception&) {
      continue;  // no point of a log
    }
  }
  return points;
}

}  // namespace qdose
