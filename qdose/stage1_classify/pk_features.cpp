// One token a concentration: its logarithm per dose, where it lies in time, the local slope, the dosing so
// far.
#include "qdose/stage1_classify/feature_tools.hpp"
#include "qdose/stage1_classify/role_features.hpp"

namespace qdose::features {
namespace {

constexpr double lowest = -7;  // ln units below the trial's median: what is not measurable

/// ln(concentration / last dose) of one observation, relative to the trial's median.
double relative_log(const Observation& o, const Dose& dose, double level) {
  return o.value > 0 ? std::max(std::log(o.value / dose.amount) - level, lowest) : lowest;
}

/// Median of ln(concentration / last dose) over all measurable concentrations after a dose.
double concentration_level(std::span<const Subject> subjects) {
  std::vector<double> logs;
  for (const Subject& subject : subjects) {
    DoseCursor cursor(subject);
    for (const Observation& o : subject.concentrations) {
      const int dose = cursor.last_before(o.time);
      if (dose >= 0 && o.value > 0)
        logs.push_back(std::log(o.value / subject.doses[static_cast<std::size_t>(dose)].amount));
    }
  }
  return median(logs);
}

struct Previous {
  double log_value = 0, time = 0;
  int dose = -1;
  bool known = false;
};

/// The token of one observation; `largest` is the subject's largest relative logarithm.
void write_token(const Subject& subject, const Observation& o, int dose_index, double log_value,
                 double largest, const DesignScale& scale, const Previous& previous, float* x) {
  const Dose& dose = subject.doses[static_cast<std::size_t>(dose_index)];
  x[0] = static_cast<float>(clip(log_value, lowest, 5) / 1.5);
  x[1] = o.value > 0 ? 0 : 1;
  x[2] = static_cast<float>(log_time(o.time - dose.time, scale.time));
  x[3] = static_cast<float>(log_time(o.time - subject.doses.front().time, scale.time));
  if (previous.known) {
    const double rise = clip(log_value - previous.log_value, -4, 4),
                 gap = (o.time - previous.time) / scale.time;
    x[4] = static_cast<float>(rise);
    x[5] = static_cast<float>(clip(std::log(gap + 1e-3), -7, 5) / 2);
    x[6] = static_cast<float>(clip(std::asinh(-3 * rise / (gap + 1e-3)), -5, 5) / 2);
    x[7] = previous.dose == dose_index;
    x[8] = 1;
  }
  x[9] = static_cast<float>(std::log1p(static_cast<double>(dose_index)) / 1.5);
  if (dose_index > 0) {
    const double interval = dose.time - subject.doses[static_cast<std::size_t>(dose_index) - 1].time;
    x[10] = static_cast<float>(log_time(interval, scale.time));
    x[11] = 1;
  }
  x[12] = static_cast<float>(clip(std::log(dose.amount / scale.dose), -5, 5));
  if (dose.duration > 0) x[13] = static_cast<float>(log_time(dose.duration, scale.time));
  x[14] = static_cast<float>(clip(log_value - largest, -8, 2) / 2);
}

}  // namespace

void write_pk(std::span<const Subject> subjects, Route route, const DesignScale& scale, TokenSet& set) {
  const double level = concentration_level(subjects);
  set.levels = {level};
  std::vector<double> logs;
  std::vector<int> doses;
  for (std::size_t s = 0; s < subjects.size(); ++s) {
    const Subject& subject = subjects[s];
    const std::size_t n = subject.concentrations.size();
    DoseCursor cursor(subject);
    logs.assign(n, lowest);
    doses.assign(n, -1);
    double largest = lowest;
    std::size_t usable = 0;
    for (std::size_t i = 0; i < n; ++i) {
      doses[i] = cursor.last_before(subject.concentrations[i].time);
      if (doses[i] < 0) continue;
      ++usable;
      logs[i] =
          relative_log(subject.concentrations[i], subject.doses[static_cast<std::size_t>(doses[i])], level);
      largest = std::max(largest, logs[i]);
    }
    const std::size_t first = n - usable, used = std::min(usable, set.tokens);
    set.count[s] = used;
    Previous previous;
    for (std::size_t k = 0; k < used; ++k) {
      const std::size_t i = first + thinned(k, usable, set.tokens), row = s * set.tokens + k;
      const Observation& o = subject.concentrations[i];
      float* x = &set.values[row * set.features];
      write_token(subject, o, doses[i], logs[i], largest, scale, previous, x);
      x[15 + static_cast<std::size_t>(route)] = 1;
      x[19] = static_cast<float>(std::log(static_cast<double>(subjects.size())) / 3);
      set.time[row] = static_cast<float>((o.time - subject.doses.front().time) / scale.longest);
      previous = {logs[i], o.time, doses[i], true};
    }
  }
}

}  // namespace qdose::features
