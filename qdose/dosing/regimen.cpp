#include "qdose/dosing/regimen.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace qdose {
namespace {

constexpr double challenge_grid = 0.5;

bool suits(double grid, double daily_dose) {
  return !(daily_dose > 0) || (daily_dose >= 4 * grid && daily_dose <= 400 * grid);
}

void note_grid(const DoseSettings& settings, const StudiedDoses& studied, double grid,
               std::vector<std::string>& notes) {
  const double daily = 24 * studied.largest_rate;
  const std::string& unit = settings.dose_unit;
  if (settings.grid_daily <= 0 && grid != challenge_grid)
    notes.push_back(
        fmt::format("once-daily doses are multiples of {:g} {} here: {:g} would not suit a trial "
                    "with up to {:.6g} {} a day",
                    grid, unit, challenge_grid, daily, unit));
  if (settings.grid_daily > 0 && !suits(grid, daily))
    notes.push_back(fmt::format(
        "steps of {:g} {} are {} for a trial with up to {:.6g} {} a day; --grid-daily {:g} would suit it",
        grid, unit, grid > daily / 4 ? "coarse" : "fine", daily, unit, round_up_125(daily / 20)));
}

}  // namespace

double round_up_125(double x) {
  const double power = std::pow(10, std::floor(std::log10(x)));
  for (const double step : {1.0, 2.0, 5.0})
    if (x <= step * power * (1 + 1e-9)) return step * power;
  return 10 * power;
}

double daily_grid(const DoseSettings& settings, const StudiedDoses& studied) {
  if (settings.grid_daily > 0) return settings.grid_daily;
  const double daily = 24 * studied.largest_rate;
  return suits(challenge_grid, daily) ? challenge_grid : round_up_125(daily / 20 * (1 - 1e-9));
}

Regimen make_regimen(std::string name, std::string words, const Repetition& repetition, double grid,
                     const DoseSettings& settings, const StudiedDoses& studied) {
  const double largest_rate =
      settings.largest_daily > 0 ? settings.largest_daily / 24 : 10 * studied.largest_rate;
  const double steps = std::ceil(largest_rate * repetition.interval / grid * (1 - 1e-12));
  return {std::move(name), repetition, grid, grid * std::max(steps, 20.0), std::move(words)};
}

std::vector<Regimen> regimens(const DoseSettings& settings, const StudiedDoses& studied,
                              std::vector<std::string>& notes) {
  const double daily = daily_grid(settings, studied);
  note_grid(settings, studied, daily, notes);
  const double weekly = settings.grid_weekly > 0 ? settings.grid_weekly : 10 * daily;
  const auto made = [&](const char* name, std::string words, double interval, double grid) {
    const Repetition repetition{interval, std::min(studied.duration, interval)};
    return make_regimen(name, std::move(words), repetition, grid, settings, studied);
  };
  std::vector<Regimen> list{made("daily", "once daily", 24, daily),
                            made("weekly", "once weekly", 168, weekly)};
  if (settings.interval > 0 && settings.interval != 24 && settings.interval != 168)
    list.push_back(
        made("other", fmt::format("every {:g} h", settings.interval), settings.interval,
             settings.grid_interval > 0 ? settings.grid_interval : daily * settings.interval / 24));
  return list;
}

}  // namespace qdose
