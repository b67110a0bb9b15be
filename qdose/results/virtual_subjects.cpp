#include "qdose/results/virtual_subjects.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "qdose/base/base64.hpp"
#include "qdose/base/files.hpp"
#include "qdose/results/unreadable.hpp"

namespace qdose {
namespace {

constexpr double finest = 4096;
constexpr std::uint16_t top = 32766, never = 32767, at_zero_bit = 0x8000;

}  // namespace

std::uint16_t packed(const NeededDose& needed, double largest) {
  std::uint16_t code = never;
  if (needed.change) {
    const double share = std::clamp(*needed.change / largest, 0.0, 1.0);
    code = static_cast<std::uint16_t>(std::lround(top * std::log1p(finest * share) / std::log1p(finest)));
  }
  return static_cast<std::uint16_t>(code | (needed.at_zero ? at_zero_bit : 0));
}

NeededDose unpacked(std::uint16_t code, double largest) {
  NeededDose needed;
  needed.at_zero = (code & at_zero_bit) != 0;
  const std::uint16_t change = code & never;
  if (change != never) needed.change = largest / finest * std::expm1(change * std::log1p(finest) / top);
  return needed;
}

double attainment(const VirtualSubjects& s, const VirtualScenario& scenario, std::size_t regimen,
                  std::size_t threshold, double dose) {
  const std::size_t spread = scenario.is_spread ? 1 : 0;
  std::vector<double> chosen(s.replicates, 0), met(s.replicates, 0);
  for (std::size_t i = 0; i < s.people(); ++i) {
    if (scenario.is_spread && (s.spread[i] < scenario.low || s.spread[i] > scenario.high)) continue;
    const std::size_t level = scenario.level ? static_cast<std::size_t>(*scenario.level) : s.natural_level[i];
    const std::size_t variant = scenario.own ? s.variants() + static_cast<std::size_t>(*scenario.own)
                                             : spread * s.level_count() + level;
    const auto code = s.doses[s.offset(variant, regimen, threshold) + i];
    const NeededDose needed = unpacked(code, s.regimens[regimen].largest_mg);
    chosen[i / s.persons] += 1;
    met[i / s.persons] += needed.at_zero != (needed.change && dose >= *needed.change);
  }
  double sum = 0, count = 0;
  for (std::size_t r = 0; r < s.replicates; ++r)
    if (chosen[r] > 0) sum += met[r] / chosen[r], ++count;
  return count > 0 ? sum / count : std::nan("");
}

// Names in the file are those of the members; a missing one keeps its default.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(VirtualRegimen, name, words, interval_h, grid_mg, largest_mg)

namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const std::vector<std::uint16_t>& values) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(2 * values.size());
  for (const std::uint16_t value : values) {
    bytes.push_back(static_cast<std::uint8_t>(value & 255));
    bytes.push_back(static_cast<std::uint8_t>(value >> 8));
  }
  return to_base64(bytes);
}

std::vector<std::uint16_t> words_of(const std::string& text) {
  const auto bytes = from_base64(text);
  if (!bytes) throw std::invalid_argument("no base64");
  std::vector<std::uint16_t> values;
  for (std::size_t i = 0; i + 1 < bytes->size(); i += 2)
    values.push_back(static_cast<std::uint16_t>((*bytes)[i] | (*bytes)[i + 1] << 8));
  return values;
}

/// Values of a covariate between `low` and `high` in 16 bits.
std::string text_of(const std::vector<double>& values, double low, double high) {
  std::vector<std::uint16_t> codes;
  const double width = high > low ? high - low : 1;
  for (const double value : values)
    codes.push_back(
        static_cast<std::uint16_t>(std::lround(65535 * std::clamp((value - low) / width, 0.0, 1.0))));
  return text_of(codes);
}

std::vector<double> values_of(const std::string& text, double low, double high) {
  std::vector<double> values;
  for (const std::uint16_t code : words_of(text)) values.push_back(low + (high - low) * code / 65535);
  return values;
}

Json document_of(const VirtualScenario& s) {
  Json j{{"name", s.name}, {"description", s.description}, {"target", s.target}, {"spread", s.is_spread}};
  if (s.is_spread) j["low"] = s.low, j["high"] = s.high;
  j["level"] = s.level ? Json(*s.level) : Json(nullptr);
  j["threshold"] = s.threshold;
  if (s.own) j["own"] = *s.own;
  return j;
}

VirtualScenario scenario_of(const nlohmann::json& j) {
  VirtualScenario s{j.at("name"),
                    j.at("description"),
                    j.at("target"),
                    j.at("spread"),
                    0,
                    0,
                    {},
                    j.value("threshold", 0.0),
                    {}};
  if (j.contains("own")) s.own = j.at("own").get<int>();
  if (s.is_spread) j.at("low").get_to(s.low), j.at("high").get_to(s.high);
  if (!j.at("level").is_null()) s.level = j.at("level").get<int>();
  return s;
}

VirtualSubjects from_document(const nlohmann::json& j) {
  VirtualSubjects s;
  j.at("source").get_to(s.source), j.at("direction").get_to(s.direction);
  j.at("thresholds").get_to(s.thresholds), j.at("regimens").get_to(s.regimens);
  j.at("spread_covariate").get_to(s.spread_covariate), j.at("level_covariate").get_to(s.level_covariate);
  j.at("spread_low").get_to(s.spread_low), j.at("spread_high").get_to(s.spread_high);
  j.at("levels").get_to(s.levels);
  for (const auto& scenario : j.at("scenarios")) s.scenarios.push_back(scenario_of(scenario));
  j.at("replicates").get_to(s.replicates), j.at("persons").get_to(s.persons);
  s.natural = values_of(j.at("natural"), s.spread_low, s.spread_high);
  s.spread = values_of(j.at("spread"), s.spread_low, s.spread_high);
  const auto levels = from_base64(j.at("natural_level").get<std::string>());
  if (levels) s.natural_level = *levels;
  s.own = j.value("own", std::size_t{0});
  s.own_values = values_of(j.value("own_values", ""), s.spread_low, s.spread_high);
  s.own_level = from_base64(j.value("own_level", "")).value_or(std::vector<std::uint8_t>{});
  s.doses = words_of(j.at("doses"));
  const bool sound = s.own_values.size() == s.own * s.people() && s.own_level.size() == s.own * s.people() &&
                     s.natural_level.size() == s.people() && s.natural.size() == s.people() &&
                     s.spread.size() == s.people() && s.doses.size() == s.offset(s.variants() + s.own, 0, 0);
  if (!sound) throw std::invalid_argument("tables of different lengths");
  return s;
}

}  // namespace

std::string to_json(const VirtualSubjects& s) {
  Json j{{"source", s.source},
         {"direction", s.direction},
         {"thresholds", s.thresholds},
         {"regimens", nlohmann::json(s.regimens)},
         {"spread_covariate", s.spread_covariate},
         {"spread_low", s.spread_low},
         {"spread_high", s.spread_high},
         {"level_covariate", s.level_covariate},
         {"levels", s.levels},
         {"scenarios", Json::array()},
         {"replicates", s.replicates},
         {"persons", s.persons}};
  for (const VirtualScenario& scenario : s.scenarios) j["scenarios"].push_back(document_of(scenario));
  j["natural"] = text_of(s.natural, s.spread_low, s.spread_high);
  j["spread"] = text_of(s.spread, s.spread_low, s.spread_high);
  j["natural_level"] = to_base64(s.natural_level);
  if (s.own > 0) {
    j["own"] = s.own, j["own_values"] = text_of(s.own_values, s.spread_low, s.spread_high);
    j["own_level"] = to_base64(s.own_level);
  }
  j["doses"] = text_of(s.doses);
  return j.dump(1, ' ', false, Json::error_handler_t::replace);
}

Result<Done> save(const VirtualSubjects& subjects, const std::string& path) {
  return write_file(path, to_json(subjects) + '\n');
}

Result<VirtualSubjects> load_virtual_subjects(const std::string& path) {
  const Result<std::string> text = read_file(path);
  if (!text) return text.errors();
  try {
    return from_document(nlohmann::json::parse(*text));
  } catch (const std::exception& fault) {  // of the JSON library, or one of ours above
    return unreadable(Fault::bad_input, fault, path, "dose");
  }
}

}  // namespace qdose
