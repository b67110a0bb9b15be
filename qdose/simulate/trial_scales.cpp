#include "qdose/simulate/trial_scales.hpp"

#include <algorithm>
#include <cmath>

#include "qdose/simulate/nca.hpp"

namespace qdose {
namespace {

/// Lists of one number a subject, and their medians with a fallback.
struct Sample {
  std::vector<double> values;
  void add(std::optional<double> x) {
    if (x && std::isfinite(*x) && *x > 0) values.push_back(*x);
  }
  double middle(double fallback) const { return median_of(values).value_or(fallback); }
};

/// The smallest and the largest first dose; {0, 0} without treated subjects.
struct DoseLevels {
  double low = 0, high = 0;
};

DoseLevels dose_levels(const Trial& trial) {
  DoseLevels levels;
  for (const Subject& s : trial.subjects)
    if (const double level = s.dose_level(); level > 0) {
      levels.low = levels.low > 0 ? std::min(levels.low, level) : level;
      levels.high = std::max(levels.high, level);
    }
  return levels;
}

void scale_pk(const Trial& trial, const DoseLevels& levels, TrialScales& scales) {
  Sample interval, first, profile, clearance, half_life, peak_time, low, high, noise;
  for (const Subject& subject : trial.subjects) {
    for (std::size_t d = 1; d < subject.doses.size(); ++d)
      interval.add(subject.doses[d].time - subject.doses[d - 1].time);
    const Nca nca = analyse_concentrations(subject);
    first.add(nca.first);
    profile.add(nca.profile);
    clearance.add(nca.clearance);
    half_life.add(nca.half_life);
    peak_time.add(nca.peak_time);
    noise.add(nca.noise);
    if (subject.dose_level() == levels.low) low.add(nca.typical);
    if (subject.dose_level() == levels.high) high.add(nca.peak);
  }
  scales.pk_first = first.middle(scales.pk_first);
  scales.pk_profile = std::max(profile.middle(scales.pk_profile), 2 * scales.pk_first);
  scales.interval = interval.middle(scales.pk_profile);
  scales.pk_profile = std::min(scales.pk_profile, std::max(scales.interval, 2 * scales.pk_first));
  scales.half_life = half_life.middle(scales.pk_profile / 3);
  scales.peak_time = peak_time.middle(scales.pk_first);
  scales.concentration_low = low.middle(1.0);
  scales.concentration_high = std::max(high.middle(scales.concentration_low), scales.concentration_low);
  scales.clearance =
      clearance.middle(std::max(levels.low, 1e-300) / scales.concentration_low / scales.interval);
  scales.pk_noise = std::clamp(noise.middle(scales.pk_noise), 0.05, 0.3);
}

/// Responses before the first dose or at its time; all of them under placebo; the first one when there are
/// none.
std::vector<double> undrugged(const Subject& subject) {
  std::vector<double> values;
  for (const Observation& o : subject.responses)
    if (o.value > 0 && (subject.doses.empty() || o.time <= subject.doses.front().time))
      values.push_back(o.value);
  if (values.empty() && !subject.responses.empty() && subject.responses.front().value > 0)
    values.push_back(subject.responses.front().value);
  return values;
}

/// ln(response / baseline) after the first dose, by time.
struct Course {
  std::vector<double> time, change;
};

Course course_of(const Subject& subject, double baseline) {
  Course course;
  for (const Observation& o : subject.responses)
    if (o.time > subject.doses.front().time) {
      course.time.push_back(o.time - subject.doses.front().time);
      course.change.push_back(std::log(std::max(o.value, 1e-3 * baseline) / baseline));
    }
  return course;
}

/// The larger of fall and rise: the tenth and the ninetieth percentile of the course, so that noise counts
/// little.
double effect_of(const Course& course) {
  const double fall = quantile_of(course.change, 0.1), rise = quantile_of(course.change, 0.9);
  return -fall > rise ? fall : rise;
}

void scale_pd(const Trial& trial, const DoseLevels& levels, TrialScales& scales) {
  Sample baseline, noise, first, span, onset;
  std::vector<double> log_baseline, effects;
  for (const Subject& subject : trial.subjects)
    if (const auto base = median_of(undrugged(subject)); base) {
      baseline.add(base);
      log_baseline.push_back(std::log(*base));
      if (subject.doses.empty() && subject.responses.size() >= 4) {
        std::vector<double> distance;
        for (double x : undrugged(subject)) distance.push_back(std::abs(std::log(x / *base)));
        noise.add(*median_of(distance) / 0.674);
      }
    }
  scales.baseline = baseline.middle(scales.baseline);
  if (log_baseline.size() >= 4)
    scales.baseline_spread =
        std::clamp((quantile_of(log_baseline, 0.75) - quantile_of(log_baseline, 0.25)) / 1.349, 0.05, 1.0);

  for (const Subject& subject : trial.subjects) {
    const auto base = median_of(undrugged(subject));
    if (!base || subject.doses.empty()) continue;
    const Course course = course_of(subject, *base);
    if (course.time.empty()) continue;
    first.add(course.time.front());
    span.add(course.time.back());
    if (subject.dose_level() != levels.high) continue;
    const double effect = effect_of(course);
    effects.push_back(effect);
    for (std::size_t i = 0; i < course.time.size(); ++i)
      if (course.change[i] / effect > 0.5) {
        onset.add(course.time[i]);
        break;
      }
  }
  scales.pd_first = first.middle(scales.pk_first);
  scales.pd_span = std::max(span.middle(10 * scales.interval), 2 * scales.pd_first);
  scales.onset = std::clamp(onset.middle(scales.interval), scales.pd_first, scales.pd_span);
  if (const auto effect = median_of(effects); effect && std::abs(*effect) > 0.05) scales.effect = *effect;
  scales.pd_noise = std::clamp(noise.middle(scales.pd_noise), 0.03, 0.3);
}

}  // namespace

TrialScales trial_scales(const Trial& trial) {
  TrialScales scales;
  const DoseLevels levels = dose_levels(trial);
  scale_pk(trial, levels, scales);
  scale_pd(trial, levels, scales);
  return scales;
}

}  // namespace qdose
