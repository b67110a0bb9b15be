#include "qdose/results/doses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "qdose/base/files.hpp"
#include "qdose/results/unreadable.hpp"

/// A value that may be missing is null.
template <class T>
struct nlohmann::adl_serializer<std::optional<T>> {
  static void to_json(json& document, const std::optional<T>& value) {
    document = value ? json(*value) : json(nullptr);
  }
  static void from_json(const json& document, std::optional<T>& value) {
    value = document.is_null() ? std::nullopt : std::optional<T>(document.get<T>());
  }
};

namespace qdose {

#define QDOSE_FIELDS NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT
QDOSE_FIELDS(AttainmentPoint, dose_mg, mean, q5, q95)
QDOSE_FIELDS(AssuredDose, probability, dose_mg)
QDOSE_FIELDS(SafetyAnswer, words, largest_dose_mg, at_dose, efficacy_dose_mg)
QDOSE_FIELDS(RequiredDose, q5, q25, q50, q75, q95)
QDOSE_FIELDS(Quantiles, q5, q50, q95)
QDOSE_FIELDS(ProfileBand, q5, q50, q95)
QDOSE_FIELDS(Exposure, dose_mg, c_max, c_min, c_mean, auc, biomarker_max, biomarker_min, biomarker_mean,
             time_attained, c_max_studied, above_studied, time_h, concentration, biomarker)
QDOSE_FIELDS(AveragedModel, pk_class, pd_class, weight)
QDOSE_FIELDS(SourceDifference, scenario, regimen, target, posterior_mg, kernel_mg, centre_ratio, spread_ratio,
             reason)
QDOSE_FIELDS(RegimenComparison, scenario, source, target, daily_mg, weekly_mg, dose_rate_ratio, c_max_ratio,
             c_min_ratio, c_mean_ratio, biomarker_swing_daily, biomarker_swing_weekly, words)
QDOSE_FIELDS(PointPrediction, scenario, regimen, source, target, dose_mg, covered_mean, covered_q5,
             covered_q95)
QDOSE_FIELDS(SensitivityRow, assumption, scenario, regimen, target, crossing_dose_mg, reference_mg, dose_mg)
QDOSE_FIELDS(DoseSurface, covariate, regimen, values, doses_mg, attainment, beyond)
QDOSE_FIELDS(DoseAnswer, scenario, description, regimen, interval_h, target, source, dose_mg, attainment,
             probability_target_met, crossing_dose_mg, crossing_q5, crossing_q95, extrapolates, sentence,
             endpoint, assured, required_dose, mc_error, crossing_mc_error_mg, grid_decided,
             crossing_by_chain, replicates, virtual_subjects, safety, exposure, curve)
QDOSE_FIELDS(Doses, threshold, direction, dose_unit, residual, answers, notes, models, differences,
             comparisons, point_predictions, sensitivity, surface)
#undef QDOSE_FIELDS

namespace {

/// Numbers to eight digits: what lies beyond is below every error and swells the file.
void shorten(nlohmann::json& document) {
  if (document.is_number_float())
    document = std::strtod(fmt::format("{:.8g}", document.get<double>()).c_str(), nullptr);
  else if (document.is_structured())
    for (auto& part : document) shorten(part);
}

/// In the order in which a reader looks for the fields of an answer.
nlohmann::ordered_json in_order(const nlohmann::json& answer) {
  nlohmann::ordered_json ordered;
  for (const char* key : {"scenario", "description", "regimen", "interval_h", "target", "source", "dose_mg",
                          "attainment", "probability_target_met", "sentence"})
    ordered[key] = answer.at(key);
  for (const auto& [key, value] : answer.items())
    if (!ordered.contains(key)) ordered[key] = value;
  return ordered;
}

/// A cell of a CSV file: quoted when it holds a separator.
std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::string cell(const std::optional<double>& value) { return value ? fmt::format("{}", *value) : ""; }

std::string assured_cell(const DoseAnswer& answer, double probability) {
  for (const AssuredDose& assured : answer.assured)
    if (assured.probability == probability) return cell(assured.dose_mg);
  return "";
}

/// One line an answer; the curves are in the JSON file.
std::string to_csv(const Doses& doses) {
  std::string text =
      "scenario,regimen,interval_h,target,source,dose_mg,attainment_mean,attainment_q5,attainment_q95,"
      "probability_target_met,crossing_dose_mg,crossing_q5,crossing_q95,dose_mg_80_percent_sure,"
      "dose_mg_90_percent_sure,monte_carlo_error,extrapolates,sentence\n";
  for (const DoseAnswer& a : doses.answers)
    text +=
        fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", cell(a.scenario),
                    cell(a.regimen), a.interval_h, a.target, cell(a.source), cell(a.dose_mg),
                    a.attainment.mean, a.attainment.q5, a.attainment.q95, a.probability_target_met,
                    cell(a.crossing_dose_mg), cell(a.crossing_q5), cell(a.crossing_q95), assured_cell(a, 0.8),
                    assured_cell(a, 0.9), a.mc_error, a.extrapolates ? 1 : 0, cell(a.sentence));
  return text;
}

}  // namespace

double chain_spread(const DoseAnswer& answer) {
  if (answer.crossing_by_chain.size() < 2 || !answer.crossing_dose_mg || !answer.crossing_q5 ||
      !answer.crossing_q95 || !(*answer.crossing_q95 > *answer.crossing_q5))
    return 0;
  double low = INFINITY, high = 0;
  for (const auto& dose : answer.crossing_by_chain)
    low = std::min(low, dose.value_or(INFINITY)), high = std::max(high, dose.value_or(INFINITY));
  return (high - low) / (*answer.crossing_q95 - *answer.crossing_q5);
}

Result<Done> save(const Doses& doses, const std::string& directory) {
  nlohmann::json plain = doses;
  shorten(plain);
  nlohmann::ordered_json document{{"threshold", plain["threshold"]}, {"direction", plain["direction"]}};
  document["answers"] = nlohmann::ordered_json::array();
  for (const auto& answer : plain["answers"]) document["answers"].push_back(in_order(answer));
  for (const auto& [key, value] : plain.items())
    if (!document.contains(key)) document[key] = value;
  const auto json =
      write_file(directory + "/doses.json",
                 document.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n');
  if (!json) return json;
  return write_file(directory + "/doses.csv", to_csv(doses));
}

Result<Doses> load_doses(const std::string& directory) {
  const std::string path = directory + "/doses.json";
  const Result<std::string> text = read_file(path);
  if (!text) return text.errors();
  try {
    const auto document = nlohmann::json::parse(*text);
    for (const char* key : {"threshold", "direction", "answers", "notes"}) document.at(key);
    return document.get<Doses>();
  } catch (const nlohmann::json::exception& fault) {
    return unreadable(Fault::bad_input, fault, path, "dose");
  }
}

}  // namespace qdose
