#include "qdose/results/selection.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "qdose/base/files.hpp"
#include "qdose/results/unreadable.hpp"

namespace qdose {
namespace {

using Json = nlohmann::ordered_json;

Json subject_json(const SubjectSelection& subject) {
  return {{"id", subject.id},
          {"class", subject.model},
          {"probabilities", subject.probabilities},
          {"parameters", subject.parameters}};
}

Json fit_json(const ClassFit& fit) {
  return {{"class", fit.model},
          {"log_likelihood", fit.log_likelihood},
          {"bic", fit.bic},
          {"probability", fit.probability},
          {"typical", fit.typical},
          {"omega", fit.omega},
          {"proportional", fit.proportional},
          {"additive", fit.additive},
          {"converged", fit.converged}};
}

/// A number; JSON has no NaN and no infinity, they are written as null.
double number_from(const Json& json) { return json.is_null() ? std::nan("") : json.get<double>(); }

ClassFit fit_from(const Json& json) {
  ClassFit fit;
  json.at("class").get_to(fit.model);
  fit.log_likelihood = number_from(json.at("log_likelihood"));
  fit.bic = number_from(json.at("bic"));
  fit.probability = number_from(json.at("probability"));
  json.at("typical").get_to(fit.typical);
  json.at("omega").get_to(fit.omega);
  fit.proportional = number_from(json.at("proportional"));
  fit.additive = number_from(json.at("additive"));
  json.at("converged").get_to(fit.converged);
  return fit;
}

SubjectSelection subject_from(const Json& json) {
  SubjectSelection subject;
  json.at("id").get_to(subject.id);
  json.at("class").get_to(subject.model);
  json.at("probabilities").get_to(subject.probabilities);
  json.at("parameters").get_to(subject.parameters);
  return subject;
}

Json posterior_json(const ClassPosterior& posterior) {
  Json ranges = Json::object(), subjects = Json::array(), likelihood = Json::array();
  for (const auto& [name, range] : posterior.parameter_ranges)
    ranges[name] = {{"p5", range.p5}, {"p50", range.p50}, {"p95", range.p95}};
  for (const SubjectSelection& subject : posterior.subjects) subjects.push_back(subject_json(subject));
  for (const ClassFit& fit : posterior.likelihood) likelihood.push_back(fit_json(fit));
  return {{"class", posterior.model},
          {"encoder_class", posterior.encoder_model},
          {"selected_by", posterior.selected_by},
          {"probabilities", posterior.probabilities},
          {"encoder", posterior.encoder},
          {"same_model", posterior.same_model},
          {"joint_probability", posterior.joint_probability},
          {"in_catalogue", posterior.in_catalogue},
          {"misfit", posterior.misfit},
          {"parameter_ranges", ranges},
          {"subjects", subjects},
          {"likelihood", likelihood}};
}

ClassPosterior posterior_from(const Json& json) {
  ClassPosterior posterior;
  json.at("class").get_to(posterior.model);
  json.at("encoder_class").get_to(posterior.encoder_model);
  json.at("selected_by").get_to(posterior.selected_by);
  json.at("probabilities").get_to(posterior.probabilities);
  json.at("encoder").get_to(posterior.encoder);
  json.at("same_model").get_to(posterior.same_model);
  json.at("joint_probability").get_to(posterior.joint_probability);
  json.at("in_catalogue").get_to(posterior.in_catalogue);
  json.at("misfit").get_to(posterior.misfit);
  for (const auto& [name, range] : json.at("parameter_ranges").items())
    posterior.parameter_ranges[name] = {range.at("p5").get<double>(), range.at("p50").get<double>(),
                                        range.at("p95").get<double>()};
  for (const Json& subject : json.at("subjects")) posterior.subjects.push_back(subject_from(subject));
  for (const Json& fit : json.at("likelihood")) posterior.likelihood.push_back(fit_from(fit));
  return posterior;
}

}  // namespace

Result<Done> save(const Selection& selection, const std::string& path) {
  const Json json{{"trial", selection.trial},           {"pk", posterior_json(selection.pk)},
                  {"pd", posterior_json(selection.pd)}, {"tuning_seconds", selection.tuning_seconds},
                  {"from_cache", selection.from_cache}, {"notes", selection.notes}};
  return write_file(path, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

Result<Selection> load_selection(const std::string& path) {
  const Result<std::string> text = read_file(path);
  if (!text) return text.errors();
  try {
    const Json json = Json::parse(*text);
    Selection selection;
    json.at("trial").get_to(selection.trial);
    selection.pk = posterior_from(json.at("pk"));
    selection.pd = posterior_from(json.at("pd"));
    json.at("tuning_seconds").get_to(selection.tuning_seconds);
    json.at("from_cache").get_to(selection.from_cache);
    json.at("notes").get_to(selection.notes);
    return selection;
  } catch (const Json::exception& fault) {
    return unreadable(Fault::bad_input, fault, path, "select TRIAL.csv");
  }
}

}  // namespace qdose
