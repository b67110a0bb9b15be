#include "qdose/results/evaluation.hpp"

#include <nlohmann/json.hpp>

#include "qdose/base/files.hpp"

namespace qdose {
namespace {

using Json = nlohmann::ordered_json;

Json score_json(const ClassScore& score) {
  Json bins = Json::array();
  for (const CalibrationBin& bin : score.calibration)
    bins.push_back({{"count", bin.count}, {"confidence", bin.confidence}, {"accuracy", bin.accuracy}});
  return {{"accuracy", score.accuracy},
          {"accuracy_se", score.accuracy_se},
          {"cross_entropy", score.cross_entropy},
          {"ece", score.ece},
          {"calibration", bins}};
}

ClassScore score_from(const Json& json) {
  ClassScore score{json.at("accuracy").get<double>(),
                   json.at("accuracy_se").get<double>(),
                   json.at("cross_entropy").get<double>(),
                   json.at("ece").get<double>(),
                   {}};
  for (const Json& bin : json.value("calibration", Json::array()))
    score.calibration.push_back(
        {bin.at("count").get<long>(), bin.at("confidence").get<double>(), bin.at("accuracy").get<double>()});
  return score;
}

Json trial_json(const Evaluation& e) {
  Json json = score_json(e.trial);
  json["accuracy_joint"] = e.trial_accuracy_joint;
  json["accuracy_decidable"] = e.trial_accuracy_decidable;
  json["confusion"] = e.trial_confusion;
  json["confused"] = Json::array();
  for (const ConfusedPair& pair : e.confused)
    json["confused"].push_back(
        {{"classes", {pair.first, pair.second}}, {"share", pair.share}, {"same_model", pair.same_model}});
  return json;
}

void read_trial_scores(const Json& json, Evaluation& e) {
  e.trial = score_from(json);
  e.trial_accuracy_joint = json.value("accuracy_joint", 0.0);
  e.trial_accuracy_decidable = json.value("accuracy_decidable", 0.0);
  e.trial_confusion = json.value("confusion", e.trial_confusion);
  for (const Json& pair : json.value("confused", Json::array()))
    e.confused.push_back({pair.at("classes").at(0).get<std::string>(),
                          pair.at("classes").at(1).get<std::string>(), pair.at("share").get<double>(),
                          pair.at("same_model").get<bool>()});
}

Json check_json(const CatalogueCheck& check) {
  Json json{{"trials", check.trials}, {"false_alarms", check.false_alarms}, {"outsiders", Json::array()}};
  for (const auto& o : check.outsiders)
    json["outsiders"].push_back({{"kind", o.kind}, {"trials", o.trials}, {"flagged", o.flagged}});
  return json;
}

CatalogueCheck check_from(const Json& json) {
  CatalogueCheck check{json.at("trials").get<long>(), json.at("false_alarms").get<double>(), {}};
  for (const Json& o : json.at("outsiders"))
    check.outsiders.push_back(
        {o.at("kind").get<std::string>(), o.at("trials").get<long>(), o.at("flagged").get<double>()});
  return check;
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
  json["trial"] = trial_json(evaluation);
  json["confusion"] = evaluation.confusion;
  json["samples_seen"] = evaluation.samples_seen;
  json["repeated_samples"] = evaluation.repeated;
  json["held_out_in_training"] = evaluation.held_out_in_training;
  json["training_seconds"] = evaluation.seconds;
  json["test_count"] = evaluation.test_count;
  json["trial_count"] = evaluation.trial_count;
  if (evaluation.bayes) json["bayes"] = bayes_json(*evaluation.bayes);
  if (!evaluation.answers.empty()) json["answers"] = evaluation.answers;
  if (evaluation.check) json["catalogue_check"] = check_json(*evaluation.check);
  json["training_curve"] = Json::array();
  for (const TrainingPoint& point : evaluation.training_curve)
    json["training_curve"].push_back(Json::parse(to_json_line(point)));
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
    read_trial_scores(json.at("trial"), e);
    json.at("role").get_to(e.role);
    json.at("priors").get_to(e.priors);
    json.at("encoder").get_to(e.encoder);
    json.at("classes").get_to(e.classes);
    json.at("masked_mse").get_to(e.masked_mse);
    json.at("confusion").get_to(e.confusion);
    json.at("samples_seen").get_to(e.samples_seen);
    json.at("repeated_samples").get_to(e.repeated);
    json.at("held_out_in_training").get_to(e.held_out_in_training);
    e.seconds = json.value("training_seconds", 0.0);  // not known of every encoder
    json.at("test_count").get_to(e.test_count);
    json.at("trial_count").get_to(e.trial_count);
    if (json.contains("answers")) json.at("answers").get_to(e.answers);
    if (json.contains("bayes")) e.bayes = bayes_from(json.at("bayes"));
    if (json.contains("catalogue_check")) e.check = check_from(json.at("catalogue_check"));
    std::string log;
    for (const Json& point : json.value("training_curve", Json::array())) log += point.dump() + "\n";
    e.training_curve = training_points(log);
    return e;
  } catch (const Json::exception& e) {
    return Error{Fault::file, std::string("not an evaluation: ") + e.what(), path, ""};
  }
}

}  // namespace qdose
