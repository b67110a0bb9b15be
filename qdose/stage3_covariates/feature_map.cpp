#include "qdose/stage3_covariates/feature_map.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "qdose/stage3_covariates/feature_maps/iqp.hpp"
#include "qdose/stage3_covariates/feature_maps/report.hpp"
#include "qdose/stage3_covariates/feature_maps/reupload.hpp"
#include "qdose/stage3_covariates/feature_maps/ry.hpp"
#include "qdose/stage3_covariates/feature_maps/zz.hpp"

namespace qdose {

std::span<const FeatureMap> feature_maps() {
  static constexpr std::array all{maps::report, maps::zz, maps::iqp, maps::ry, maps::reupload};
  return all;
}

Result<Circuit> build_feature_map(std::string_view name, const MapShape& shape) {
  std::vector<std::string_view> names;
  for (const FeatureMap& map : feature_maps()) {
    names.push_back(map.name);
    if (map.name != name) continue;
    if (map.features != 0 && map.features != shape.features)
      return Error{
          Fault::bad_usage,
          fmt::format("feature map {} takes {} inputs, there are {}", name, map.features, shape.features),
          "map", "zz, iqp, ry and reupload take any number"};
    return map.build(shape);
  }
  return Error{Fault::bad_usage, fmt::format("no feature map is called {}", name), "map",
               fmt::format("known maps: {}", fmt::join(names, ", "))};
}

}  // namespace qdose
