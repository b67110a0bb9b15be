#include "qdose/simulate/occasions.hpp"

#include <algorithm>
#include <cmath>

namespace qdose {
namespace {

/// Times after which the subject starts anew, ascending.
std::vector<double> resets_of(const std::vector<Dose>& doses) {
  std::vector<double> resets;
  for (std::size_t d = 0; d < doses.size(); ++d) {
    if (doses[d].reset > Dose::never)
      resets.push_back(doses[d].reset);
    else if (doses[d].steady_interval > 0 && !doses[d].steady_adds && d > 0)
      resets.push_back(doses[d].time);
  }
  std::sort(resets.begin(), resets.end());
  return resets;
}

double shifted_value(const std::vector<double>& resets, double time) {
  const auto before = std::lower_bound(resets.begin(), resets.end(), time) - resets.begin();
  return time + washout * static_cast<double>(before);
}

double shifted_dose(const std::vector<double>& resets, double time) {
  const auto before = std::upper_bound(resets.begin(), resets.end(), time) - resets.begin();
  return time + washout * static_cast<double>(before);
}

}  // namespace

bool is_plain(const Schedule& schedule) {
  return std::none_of(schedule.doses.begin(), schedule.doses.end(),
                      [](const Dose& d) { return d.reset > Dose::never || d.steady_interval > 0; });
}

Schedule plain_schedule(const Schedule& schedule) {
  const std::vector<double> resets = resets_of(schedule.doses);
  Schedule plain;
  for (const Dose& dose : schedule.doses) {
    const double time = shifted_dose(resets, dose.time);
    int earlier = 0;
    if (dose.steady_interval > 0)
      earlier = std::max(steady_doses, static_cast<int>(std::ceil(steady_history / dose.steady_interval)));
    for (int k = earlier; k >= 0; --k)
      plain.doses.push_back({time - k * dose.steady_interval, dose.amount, dose.duration});
  }
  std::stable_sort(plain.doses.begin(), plain.doses.end(),
                   [](const Dose& a, const Dose& b) { return a.time < b.time; });
  for (double t : schedule.pk_times) plain.pk_times.push_back(shifted_value(resets, t));
  for (double t : schedule.pd_times) plain.pd_times.push_back(shifted_value(resets, t));
  return plain;
}

}  // namespace qdose
