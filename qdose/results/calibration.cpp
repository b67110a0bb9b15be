#include "qdose/results/calibration.hpp"

#include <nlohmann/json.hpp>

#include "qdose/base/files.hpp"

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

}  // namespace qdose
