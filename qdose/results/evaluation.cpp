#include "qdose/results/evaluation.hpp"

#include <nlohmann/json.hpp>

#include "qdose/base/files.hpp"

namespace qdose {

using Json = nlohmann::ordered_json;

static Json score_json(const ClassScore& score) {
  return {{"accuracy", score.accuracy},
          {"accuracy_se", score.accuracy_se},
          {"cross_entropy", score.cross_entropy},
          {"ece", score.ece}};
}

Result<Done> save(const Evaluation& evaluation, const std::string& path) {
  Json json = score_json(evaluation.subject);
  json["role"] = evaluation.role;
  json["priors"] = evaluation.priors;
  json["encoder"] = evaluation.encoder;
  json["classes"] = evaluation.classes;
  json["masked_mse"] = evaluation.masked_mse;
  json["trial"] = score_json(evaluation.trial);
  json["confusion"] = evaluation.confusion;
  json["samples_seen"] = evaluation.samples_seen;
  json["test_count"] = evaluation.test_count;
  json["trial_count"] = evaluation.trial_count;
  return write_file(path, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace qdose
