// Simulation-based calibration of a fit, as a command asks for it.
#pragma once
#include "qdose/base/progress.hpp"
#include "qdose/base/work_share.hpp"
#include "qdose/results/calibration.hpp"
#include "qdose/results/fit.hpp"
#include "qdose/stage2_population/fit_settings.hpp"
#include "qdose/stage2_population/structure.hpp"

namespace qdose {

inline constexpr int fewest_refits = 20;

struct CalibrationSettings {
  int sbc = 0;
  bool plant_error = false;

  template <class Visitor>
  void visit(Visitor&& v) {
    v("sbc", sbc,
      "after the fit, check it by so many refits of simulated trials (0: none; 200 or more say much)");
    v("plant_error", plant_error, "in these refits drop rejected states, to see that the check notices");
  }
};

/// calibrate() for the model of a fit that was made with these settings and scales, under calibration_priors.
/// With `share` the refits are shared among processes, which all get the whole result. Fault::bad_usage when
/// `settings.sbc` is below 20.
Result<Calibration> calibrate_fit(const Trial& trial, const Fit& fit, const FitSettings& fit_settings,
                                  const StartingScales& scales, const CalibrationSettings& settings,
                                  Progress& progress, const WorkShare* share = nullptr);

}  // namespace qdose
