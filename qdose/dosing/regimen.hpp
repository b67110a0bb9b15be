// How doses are given, and which doses are considered.
#pragma once
#include <cmath>
#include <string>
#include <vector>

#include "qdose/dosing/dose_settings.hpp"
#include "qdose/dosing/interval_response.hpp"

namespace qdose {

/// What was given in the trial: beyond it an answer is an extrapolation.
struct StudiedDoses {
  double largest_rate = 0;           ///< mg/h, the largest average over a subject's dosing
  double duration = 0;               ///< h over which a dose was usually given; 0: at once
  double largest_concentration = 0;  ///< observed; 0: not known
  double smallest_response = INFINITY, largest_response = -INFINITY;  ///< observed biomarker values
};

struct Regimen {
  std::string name;       ///< daily | weekly | other, or the user's
  Repetition repetition;  ///< how doses follow each other
  double grid = 0.5;      ///< mg
  double largest = 100;   ///< mg, a multiple of the grid
  std::string words;      ///< "once daily"
};

/// The smallest of 1, 2, 5 times a power of ten that is not below `x` > 0.
double round_up_125(double x);

/// The grid of once-daily doses: the user's; else 0.5, unless the trial's largest average daily dose is below
/// 2 or above 200, where it is a round number of about a twentieth of that dose.
double daily_grid(const DoseSettings& settings, const StudiedDoses& studied);

/// A regimen with its largest dose: settings.largest_daily, or ten times the studied rate, over the interval;
/// at least twenty steps of the grid.
Regimen make_regimen(std::string name, std::string words, const Repetition& repetition, double grid,
                     const DoseSettings& settings, const StudiedDoses& studied);

/// Once daily, once weekly, and every settings.interval h when that is set and is neither. `notes` says where
/// a grid was chosen, or is coarse for the doses studied.
std::vector<Regimen> regimens(const DoseSettings& settings, const StudiedDoses& studied,
                              std::vector<std::string>& notes);

}  // namespace qdose
