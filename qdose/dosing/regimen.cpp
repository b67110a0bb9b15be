#include "qdose/dosing/regimen.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace qdose {

std::vector<Regimen> regimens(const DoseSettings& settings, double studied_rate) {
  std::vector<Regimen> list{{"daily", 24, settings.grid_daily, 0, "once daily"},
                            {"weekly", 168, settings.grid_weekly, 0, "once weekly"}};
  if (settings.interval > 0 && settings.interval != 24 && settings.interval != 168) {
    const double grid =
        settings.grid_interval > 0 ? settings.grid_interval : settings.grid_daily * settings.interval / 24;
    list.push_back({"other", settings.interval, grid, 0, fmt::format("every {:g} h", settings.interval)});
  }
  const double largest_rate = settings.largest_daily > 0 ? settings.largest_daily / 24 : 10 * studied_rate;
  for (Regimen& regimen : list) {
    const double steps = std::ceil(largest_rate * regimen.interval / regimen.grid * (1 - 1e-12));
    regimen.largest = regimen.grid * std::max(steps, 20.0);
  }
  return list;
}

}  // namespace qdose
