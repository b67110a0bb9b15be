#include "qdose/stage1_classify/train_job.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "qdose/base/text.hpp"
#include "qdose/stage1_classify/general_problem.hpp"
#include "qdose/stage1_classify/report_problem.hpp"
#include "qdose/stage1_classify/trial_problem.hpp"

namespace qdose {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array route_names{"unknown", "bolus", "infusion", "extravascular"};

Json observations_json(const std::vector<Observation>& observations) {
  Json list = Json::array();
  for (const Observation& o : observations) list.push_back({o.time, o.value});
  return list;
}

std::vector<Observation> observations_from(const Json& list) {
  std::vector<Observation> observations;
  for (const Json& row : list) observations.push_back({row.at(0).get<double>(), row.at(1).get<double>()});
  return observations;
}

/// Time, amount, duration; where they matter also the reset (null: none), the steady interval and whether it
/// adds.
Json dose_json(const Dose& dose) {
  Json row{dose.time, dose.amount, dose.duration};
  if (dose.reset == Dose::never && !(dose.steady_interval > 0)) return row;
  row.push_back(dose.reset == Dose::never ? Json() : Json(dose.reset));
  row.push_back(dose.steady_interval);
  row.push_back(dose.steady_adds);
  return row;
}

Dose dose_from(const Json& row) {
  Dose dose{row.at(0).get<double>(), row.at(1).get<double>(), row.at(2).get<double>()};
  if (row.size() < 6) return dose;
  if (!row.at(3).is_null()) row.at(3).get_to(dose.reset);
  row.at(4).get_to(dose.steady_interval);
  row.at(5).get_to(dose.steady_adds);
  return dose;
}

Json trial_json(const Trial& trial) {
  Json subjects = Json::array();
  for (const Subject& subject : trial.subjects) {
    Json doses = Json::array();
    for (const Dose& dose : subject.doses) doses.push_back(dose_json(dose));
    subjects.push_back({{"doses", doses},
                        {"concentrations", observations_json(subject.concentrations)},
                        {"responses", observations_json(subject.responses)}});
  }
  return {{"route", route_names[static_cast<std::size_t>(trial.route)]}, {"subjects", subjects}};
}

Trial trial_from(const Json& json) {
  Trial trial;
  for (std::size_t r = 0; r < route_names.size(); ++r)
    if (json.at("route") == route_names[r]) trial.route = static_cast<Route>(r);
  for (const Json& row : json.at("subjects")) {
    Subject subject;
    for (const Json& dose : row.at("doses")) subject.doses.push_back(dose_from(dose));
    subject.concentrations = observations_from(row.at("concentrations"));
    subject.responses = observations_from(row.at("responses"));
    trial.subjects.push_back(std::move(subject));
  }
  return trial;
}

}  // namespace

std::string to_json(const TrainJob& job) {
  Json config{{"name", job.config.name}};
  EncoderConfig copy = job.config;
  copy.visit([&](const char* key, auto& value, const char*) { config[key] = value; });
  const Json json{{"role", job.role == Role::pk ? "pk" : "pd"},
                  {"priors", job.priors},
                  {"seed", job.seed},
                  {"seconds", job.seconds},
                  {"steps", job.steps},
                  {"threads", job.threads},
                  {"device", job.device},
                  {"evaluations", job.evaluations},
                  {"start", job.start},
                  {"config", config},
                  {"trial", trial_json(job.trial)}};
  return json.dump();
}

Result<TrainJob> parse_train_job(const std::string& text, const std::string& place) {
  try {
    const Json json = Json::parse(text);
    TrainJob job;
    job.role = json.at("role") == "pk" ? Role::pk : Role::pd;
    json.at("priors").get_to(job.priors);
    json.at("seed").get_to(job.seed);
    json.at("seconds").get_to(job.seconds);
    json.at("steps").get_to(job.steps);
    json.at("threads").get_to(job.threads);
    job.device = json.value("device", job.device);
    json.at("evaluations").get_to(job.evaluations);
    json.at("start").get_to(job.start);
    json.at("config").at("name").get_to(job.config.name);
    job.config.visit(
        [&](const char* key, auto& value, const char*) { json.at("config").at(key).get_to(value); });
    job.trial = trial_from(json.at("trial"));
    return job;
  } catch (const Json::exception& e) {
    return Error{Fault::file, std::string("not a training job: ") + e.what(), place, ""};
  }
}

std::span<const std::string_view> prior_names() {
  static constexpr std::array<std::string_view, 4> names{"trial", "general", "report", "report-as-published"};
  return names;
}

std::span<const std::string_view> device_names() {
  static constexpr std::array<std::string_view, 3> names{"auto", "cpu", "cuda"};
  return names;
}

Result<std::unique_ptr<Problem>> make_problem(const TrainJob& job) {
  if (job.priors == "trial") return make_trial_problem(job.trial, job.role, job.seed);
  if (job.priors == "general") return make_general_problem(job.role, job.seed);
  if (job.priors == "report" || job.priors == "report-as-published")
    return make_report_problem({job.role, job.priors == "report"}, static_cast<std::size_t>(job.config.patch),
                               job.seed);
  std::vector<std::string> names(prior_names().begin(), prior_names().end());
  return Error{Fault::bad_usage, "no priors are called " + in_quotes(job.priors), "priors",
               suggestion(job.priors, names)};
}

}  // namespace qdose
