#include "qdose/results/calibration.hpp"

#include <nlohmann/json.hpp>

#include "qdose/base/files.hpp"
#include "qdose/results/unreadable.hpp"

namespace qdose {

using Json = nlohmann::ordered_json;

Result<Done> save(const Calibration& c, const std::string& path) {
  Json quantities = Json::array();
  for (const RankHistogram& q : c.quantities)
    quantities.push_back(
        {{"name", q.name}, {"counts", q.counts}, {"chi_square", q.chi_square}, {"p_value", q.p_value}});
  const Json json{{"pk_class", c.pk_class},         {"pd_class", c.pd_class},  {"sampler", c.sampler},
                  {"planted", c.planted},           {"refits", c.refits},      {"failed", c.failed},
                  {"ranked_draws", c.ranked_draws}, {"p_value", c.p_value},    {"uniform", c.uniform},
                  {"seconds", c.seconds},           {"quantities", quantities}};
  return write_file(path, json.dump(1, ' ', false, Json::error_handler_t::replace) + '\n');
}

Result<Calibration> load_calibration(const std::string& path) {
  const Result<std::string> text = read_file(path);
  if (!text) return text.errors();
  try {
    const Json json = Json::parse(*text);
    Calibration c{json.at("pk_class"), json.at("pd_class"), json.at("sampler"),      json.at("planted"),
                  json.at("refits"),   json.at("failed"),   json.at("ranked_draws"), {},
                  json.at("p_value"),  json.at("uniform"),  json.at("seconds")};
    for (const Json& q : json.at("quantities"))
      c.quantities.push_back(
          {q.at("name"), q.at("counts").get<std::vector<int>>(), q.at("chi_square"), q.at("p_value")});
    return c;
  } catch (const Json::exception& fault) {
    return unreadable(Fault::bad_input, fault, path, "fit TRIAL.csv --sbc 200");
  }
}

}  // namespace qdose
