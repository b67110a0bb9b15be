#include "qdose/simulate/nca.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace qdose {
namespace {

struct Point {
  double time, value;
};

/// The positive values after dose d and up to the next dose, times counted from dose d.
std::vector<Point> profile_of(const Subject& subject, std::size_t d) {
  std::vector<Point> profile;
  const double start = subject.doses[d].time;
  const double end = d + 1 < subject.doses.size() ? subject.doses[d + 1].time : INFINITY;
  for (const Observation& o : subject.concentrations)
    if (o.time > start && o.time <= end && o.value > 0) profile.push_back({o.time - start, o.value});
  return profile;
}

std::size_t peak_of(const std::vector<Point>& profile) {
  const auto higher = [](const Point& a, const Point& b) { return a.value < b.value; };
  return static_cast<std::size_t>(std::max_element(profile.begin(), profile.end(), higher) - profile.begin());
}

/// Rate of the log-linear decline over the later half of what follows the peak (at least two values).
std::optional<double> terminal_rate(const std::vector<Point>& profile) {
  const std::size_t peak = profile.empty() ? 0 : peak_of(profile), count = profile.size() - peak;
  if (profile.size() < 2 || count < 2) return {};
  const std::size_t used = std::max<std::size_t>(std::min<std::size_t>(count, 3), count / 2);
  double t_mean = 0, y_mean = 0, tt = 0, ty = 0;
  const auto tail = profile.end() - static_cast<std::ptrdiff_t>(used);
  for (auto p = tail; p != profile.end(); ++p) {
    t_mean += p->time / static_cast<double>(used);
    y_mean += std::log(p->value) / static_cast<double>(used);
  }
  for (auto p = tail; p != profile.end(); ++p) {
    tt += (p->time - t_mean) * (p->time - t_mean);
    ty += (p->time - t_mean) * (std::log(p->value) - y_mean);
  }
  const double rate = tt > 0 ? -ty / tt : 0;
  return rate > 0 ? std::optional(rate) : std::nullopt;
}

/// Area between two values: linear where they rise, logarithmic where they fall.
double area_between(const Point& a, const Point& b) {
  const double dt = b.time - a.time;
  return a.value > b.value && b.value > 0 ? dt * (a.value - b.value) / std::log(a.value / b.value)
                                          : dt * (a.value + b.value) / 2;
}

/// Area from the first dose to the last value.
double area_under(const Subject& subject) {
  double area = 0;
  Point last{subject.doses.front().time, 0};
  for (const Observation& o : subject.concentrations) {
    if (o.time <= last.time) continue;
    const Point next{o.time, std::max(o.value, 0.0)};
    area += area_between(last, next);
    last = next;
  }
  return area;
}

/// Area that straight lines between values before the next doses leave out: for each dose that no value
/// follows before the next one, what the first dose's profile has above the line from 0 to its last value, in
/// proportion to the dose.
double unseen_area(const Subject& subject) {
  if (subject.doses.size() < 2) return 0;
  const std::vector<Point> first = profile_of(subject, 0);
  const double interval = subject.doses[1].time - subject.doses[0].time;
  if (first.size() < 3 || first.back().time < 0.5 * interval) return 0;
  double above = 0;
  Point last{0, 0};
  for (const Point& p : first) {
    above += area_between(last, p);
    last = p;
  }
  above = std::max(0.0, above - last.time * last.value / 2);
  double area = 0;
  for (std::size_t d = 1; d + 1 < subject.doses.size(); ++d) {
    const std::vector<Point> profile = profile_of(subject, d);
    const double end = subject.doses[d + 1].time - subject.doses[d].time;
    if (profile.empty() || profile.front().time >= end)
      area += above * subject.doses[d].amount / subject.doses[0].amount;
  }
  return area;
}

/// Distances of values from the log-linear line through their neighbours, in units of one value's error.
void add_noise(const std::vector<Point>& profile, std::vector<double>& noise) {
  for (std::size_t i = profile.empty() ? 0 : peak_of(profile) + 1; i + 1 < profile.size(); ++i) {
    const Point &a = profile[i - 1], &b = profile[i], &c = profile[i + 1];
    const double w = (b.time - a.time) / (c.time - a.time);
    const double gap = std::log(b.value) - (1 - w) * std::log(a.value) - w * std::log(c.value);
    noise.push_back(std::abs(gap) / std::sqrt(1 + w * w + (1 - w) * (1 - w)));
  }
}

}  // namespace

std::optional<double> median_of(std::vector<double> values) {
  if (values.empty()) return {};
  return quantile_of(std::move(values), 0.5);
}

double quantile_of(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  const double place = q * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
}

Nca analyse_concentrations(const Subject& subject) {
  Nca nca;
  if (subject.doses.empty() || subject.concentrations.empty()) return nca;
  std::vector<double> noise, while_dosed;
  std::size_t most_values = 2;
  double longest = 0, rate = 0;
  const double last_observation = subject.concentrations.back().time;
  for (std::size_t d = 0; d < subject.doses.size(); ++d) {
    const std::vector<Point> profile = profile_of(subject, d);
    if (profile.empty()) continue;
    nca.first = nca.first > 0 ? std::min(nca.first, profile.front().time) : profile.front().time;
    add_noise(profile, noise);
    if (profile.size() > most_values) {
      most_values = profile.size();
      nca.peak_time = profile[peak_of(profile)].time;
      nca.profile = profile.back().time;
    }
    const auto decline = terminal_rate(profile);
    if (decline && profile.back().time > longest) {
      longest = profile.back().time;
      rate = *decline;
    }
  }
  if (!(nca.profile > 0)) nca.profile = std::max(nca.first, last_observation - subject.doses.back().time);
  if (rate > 0) nca.half_life = std::numbers::ln2 / rate;

  double dose = 0;
  for (const Dose& given : subject.doses)
    if (given.time < last_observation) dose += given.amount;
  double area = area_under(subject) + unseen_area(subject);
  if (rate > 0) area += std::max(subject.concentrations.back().value, 0.0) / rate;
  if (dose > 0 && area > 0) nca.clearance = dose / area;

  for (const Observation& o : subject.concentrations) {
    nca.peak = std::max(nca.peak, o.value);
    if (o.value > 0 && o.time <= subject.doses.back().time + nca.profile) while_dosed.push_back(o.value);
  }
  nca.typical = median_of(while_dosed).value_or(nca.peak);
  // The median of |z| is 0.674 for a standard normal z.
  if (noise.size() >= 3) nca.noise = *median_of(noise) / 0.674;
  return nca;
}

}  // namespace qdose
