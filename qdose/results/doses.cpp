#include "qdose/results/doses.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "qdose/base/files.hpp"

namespace qdose {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(AttainmentPoint, dose_mg, mean, q5, q95)

namespace {

using Json = nlohmann::ordered_json;

Json number_or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

std::optional<double> optional_number(const nlohmann::json& value) {
  return value.is_null() ? std::nullopt : std::optional(value.get<double>());
}

Json to_document(const DoseAnswer& answer) {
  return {{"scenario", answer.scenario},
          {"description", answer.description},
          {"regimen", answer.regimen},
          {"interval_h", answer.interval_h},
          {"target", answer.target},
          {"source", answer.source},
          {"dose_mg", number_or_null(answer.dose_mg)},
          {"attainment", nlohmann::json(answer.attainment)},
          {"probability_target_met", answer.probability_target_met},
          {"crossing_dose_mg", number_or_null(answer.crossing_dose_mg)},
          {"crossing_q5", number_or_null(answer.crossing_q5)},
          {"crossing_q95", number_or_null(answer.crossing_q95)},
          {"extrapolates", answer.extrapolates},
          {"sentence", answer.sentence},
          {"curve", nlohmann::json(answer.curve)}};
}

DoseAnswer from_document(const nlohmann::json& document) {
  DoseAnswer answer;
  document.at("scenario").get_to(answer.scenario);
  document.at("description").get_to(answer.description);
  document.at("regimen").get_to(answer.regimen);
  document.at("interval_h").get_to(answer.interval_h);
  document.at("target").get_to(answer.target);
  document.at("source").get_to(answer.source);
  answer.dose_mg = optional_number(document.at("dose_mg"));
  document.at("attainment").get_to(answer.attainment);
  document.at("probability_target_met").get_to(answer.probability_target_met);
  answer.crossing_dose_mg = optional_number(document.at("crossing_dose_mg"));
  answer.crossing_q5 = optional_number(document.at("crossing_q5"));
  answer.crossing_q95 = optional_number(document.at("crossing_q95"));
  document.at("extrapolates").get_to(answer.extrapolates);
  document.at("sentence").get_to(answer.sentence);
  document.at("curve").get_to(answer.curve);
  return answer;
}

/// A cell of a CSV file: quoted when it holds a separator.
std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::string cell(const std::optional<double>& value) { return value ? fmt::format("{}", *value) : ""; }

/// One line an answer; the curves are in the JSON file.
std::string to_csv(const Doses& doses) {
  std::string text =
      "scenario,regimen,interval_h,target,source,dose_mg,attainment_mean,attainment_q5,attainment_q95,"
      "probability_target_met,crossing_dose_mg,crossing_q5,crossing_q95,extrapolates,sentence\n";
  for (const DoseAnswer& a : doses.answers)
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", cell(a.scenario), cell(a.regimen),
                        a.interval_h, a.target, cell(a.source), cell(a.dose_mg), a.attainment.mean,
                        a.attainment.q5, a.attainment.q95, a.probability_target_met, cell(a.crossing_dose_mg),
                        cell(a.crossing_q5), cell(a.crossing_q95), a.extrapolates ? 1 : 0, cell(a.sentence));
  return text;
}

}  // namespace

Result<Done> save(const Doses& doses, const std::string& directory) {
  Json document{{"threshold", doses.threshold}, {"direction", doses.direction}, {"answers", Json::array()}};
  for (const DoseAnswer& answer : doses.answers) document["answers"].push_back(to_document(answer));
  document["notes"] = doses.notes;
  const auto json = write_file(directory + "/doses.json",
                               document.dump(1, ' ', false, Json::error_handler_t::replace) + '\n');
  if (!json) return json;
  return write_file(directory + "/doses.csv", to_csv(doses));
}

Result<Doses> load_doses(const std::string& directory) {
  const std::string path = directory + "/doses.json";
  const Result<std::string> text = read_file(path);
  if (!text) return text.errors();
  try {
    const auto document = nlohmann::json::parse(*text);
    Doses doses;
    document.at("threshold").get_to(doses.threshold);
    document.at("direction").get_to(doses.direction);
    for (const auto& answer : document.at("answers")) doses.answers.push_back(from_document(answer));
    document.at("notes").get_to(doses.notes);
    return doses;
  } catch (const nlohmann::json::exception& fault) {
    return Error{Fault::bad_input, fault.what(), path, "was this file written by `qdose dose`?"};
  }
}

}  // namespace qdose
