// How often a dose is given, and which doses are considered.
#pragma once
#include <string>
#include <vector>

#include "qdose/dosing/dose_settings.hpp"

namespace qdose {

struct Regimen {
  std::string name;      ///< daily | weekly | other
  double interval = 24;  ///< h
  double grid = 0.5;     ///< mg
  double largest = 100;  ///< mg, a multiple of the grid
  std::string words;     ///< "once daily"
};

/// Once daily, once weekly, and every settings.interval h when that is set and is neither. The largest dose
/// is that of settings.largest_daily, or ten times `studied_rate` (mg/h), over the interval; at least twenty
/// steps of the grid.
std::vector<Regimen> regimens(const DoseSettings& settings, double studied_rate);

}  // namespace qdose
