#include "qdose/simulate/resolution.hpp"

#include <algorithm>
#include <cmath>

#include "qdose/base/expects.hpp"
#include "qdose/models/catalogue.hpp"
#include "qdose/simulate/plan.hpp"

namespace qdose {
namespace {

double median(std::vector<double> x) {
  std::nth_element(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(x.size() / 2), x.end());
  return x[x.size() / 2];
}

/// What a design says about the times within which a concentration may change (h).
struct TimeScales {
  double earliest;  ///< value after a dose
  double interval;  ///< between doses, or a part of the time observed after a single one
};

TimeScales time_scales(std::span<const Schedule> schedules) {
  std::vector<double> gaps;
  double earliest = INFINITY, last = 0;
  for (const Schedule& s : schedules) {
    for (const Dose& dose : s.doses)
      if (dose.steady_interval > 0) gaps.push_back(dose.steady_interval);
    for (std::size_t d = 1; d < s.doses.size(); ++d)
      if (s.doses[d].time > s.doses[d - 1].time) gaps.push_back(s.doses[d].time - s.doses[d - 1].time);
    for (const auto* times : {&s.pk_times, &s.pd_times})
      for (double t : *times) {
        last = std::max(last, t);
        for (const Dose& dose : s.doses)
          if (t > dose.time) earliest = std::min(earliest, t - dose.time);
      }
  }
  if (!(last > 0)) last = 1;
  const double interval = gaps.empty() ? last / 4 : std::min(median(gaps), last);
  if (!std::isfinite(earliest)) earliest = interval / 16;
  return {earliest, interval};
}

/// Panels of four nodes that grow fourfold follow a concentration whose fastest change is as fast as the
/// earliest value after a dose can show.
Resolution smooth_resolution(const TimeScales& scales) {
  const double first = std::clamp(2 * scales.earliest, scales.interval / 64, scales.interval / 10);
  return {first, 3.0, scales.interval, 4};
}

}  // namespace

Resolution resolution_for(std::span<const Schedule> schedules) {
  return smooth_resolution(time_scales(schedules));
}

bool has_own_times(const ModelInfo& pk) { return pk.has_lag || pk.has_infusion; }

Resolution at_own_times(Resolution resolution) {
  resolution.own_cuts = true;
  // The earliest value after a dose says less about what follows a lag: a concentration may fall through the
  // potency in the middle of a long panel (wrong by 1.4 noise sd in one of 10,000 draws without this).
  resolution.growth = 2;
  resolution.longest /= 3;
  return resolution;
}

Resolution resolution_for(std::span<const Schedule> schedules, std::string_view pk_class) {
  const ModelInfo* model = find_model(pk_class);
  expects(model != nullptr, "a class of the catalogue");
  Resolution resolution = resolution_for(schedules);
  if (has_own_times(*model)) resolution = at_own_times(resolution);
  resolution.any_lag = model->has_lag, resolution.any_duration = model->has_infusion;
  return resolution;
}

Resolution resolution_for(std::span<const Schedule> schedules, std::string_view pk_class,
                          std::string_view pd_class) {
  Resolution resolution = resolution_for(schedules, pk_class);
  const ModelInfo* model = find_model(pd_class);
  expects(model != nullptr || pd_class.empty(), "a class of the catalogue");
  resolution.panels = model != nullptr && !model->states.empty();
  resolution.own_cuts = resolution.own_cuts && resolution.panels;
  return resolution;
}

}  // namespace qdose
