#include "qdose/results/evaluation.hpp"

#include <nlohmann/json.hpp>

#include "qdose/base/files.hpp"

namespace qdose {
namespace {

using Json = nlohmann::ordered_json;

Json score_json(const ClassScore& score) {
  return {{"accuracy", score.accuracy},
          {"accuracy_se", score.accuracy_se},
          {"cross_entropy", score.cross_entropy},
          {"ece", score.ece}};
}

ClassScore score_from(const Json& json) {
  return {json.at("accuracy").get<double>(), json.at("accuracy_se").get<double>(),
          json.at("cross_entropy").get<double>(), json.at("ece").get<double>()};
}

Json bayes_json(const BayesScore& bayes) {
  Json json = score_json(bayes.score);
  json["expected_accuracy"] = bayes.expected_accuracy;
  json["encoder_accuracy"] = bayes.encoder_accuracy;
  json["difference_se"] = bayes.difference_se;
  json["log_evidence_se"] = bayes.log_evidence_se;
  json["count"] = bayes.count;
  return json;
}

BayesScore bayes_from(const Json& json) {
  BayesScore bayes;
  bayes.score = score_from(json);
  json.at("expected_accuracy").get_to(bayes.expected_accuracy);
  json.at("encoder_accuracy").get_to(bayes.encoder_accuracy);
  json.at("difference_se").get_to(bayes.difference_se);
  json.at("log_evidence_se").get_to(bayes.log_evidence_se);
  json.at("count").get_to(bayes.count);
  return bayes;
}

}  // namespace

std::string to_json(const Evaluation& evaluation) {
  Json json = score_json(evaluation.subject);
  json["role"] = evaluation.role;
  json["priors"] = evaluation.priors;
  json["encoder"] = evaluation.encoder;
  json["classes"] = evaluation.classes;
  json["masked_mse"] = evaluation.masked_mse;
  json["trial"] = score_json(evaluation.trial);
  json["confusion"] = evaluation.confusion;
  json["samples_seen"] = evaluation.samples_seen;
  json["repeated_samples"] = evaluation.repeated;
  json["held_out_in_training"] = evaluation.held_out_in_training;
  json["training_seconds"] = evaluation.seconds;
  json["test_count"] = evaluation.test_count;
  json["trial_count"] = evaluation.trial_count;
  if (evaluation.bayes) json["bayes"] = bayes_json(*evaluation.bayes);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Done> save(const Evaluation& evaluation, const std::string& path) {
  return write_file(path, to_json(evaluation));
}

Result<Evaluation> load_evaluation(const std::string& path) {
  const Result<std::string> text = read_file(path);
  if (!text) return text.errors();
  try {
    const Json json = Json::parse(*text);
    Evaluation e;
    e.subject = score_from(json);
    e.trial = score_from(json.at("trial"));
    json.at("role").get_to(e.role);
    json.at("priors").get_to(e.priors);
    json.at("encoder").get_to(e.encoder);
    json.at("classes").get_to(e.classes);
    json.at("masked_mse").get_to(e.masked_mse);
    json.at("confusion").get_to(e.confusion);
    json.at("samples_seen").get_to(e.samples_seen);
    json.at("repeated_samples").get_to(e.repeated);
    json.at("held_out_in_training").get_to(e.held_out_in_training);
    json.at("training_seconds").get_to(e.seconds);
    json.at("test_count").get_to(e.test_count);
    json.at("trial_count").get_to(e.trial_count);
    if (json.contains("bayes")) e.bayes = bayes_from(json.at("bayes"));
    return e;
  } catch (const Json::exception& e) {
    return Error{Fault::file, std::string("not an evaluation: ") + e.what(), path, ""};
  }
}

}  // namespace qdose
