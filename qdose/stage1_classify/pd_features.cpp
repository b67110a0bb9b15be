// One token a response: its change from baseline next to the concentration that drives it.
#include "qdose/stage1_classify/feature_tools.hpp"
#include "qdose/stage1_classify/role_features.hpp"

namespace qdose::features {
namespace {

constexpr double lowest = -7;

/// Observed concentration between its measurements, and its integral since the first dose.
class Exposure {
 public:
  explicit Exposure(const Subject& subject) {
    if (subject.doses.empty()) return;
    push(subject.doses.front().time, 0);
    for (const Observation& o : subject.concentrations)
      if (o.time > time_.back()) push(o.time, std::max(o.value, 0.0));
  }
  bool known() const { return time_.size() > 1; }
  /// Linear between measurements, 0 before the first dose, the last value after the last measurement.
  double at(double time) const {
    const std::size_t i = interval(time);
    if (i == npos) return 0;
    if (i + 1 == time_.size()) return value_.back();
    const double share = (time - time_[i]) / (time_[i + 1] - time_[i]);
    return value_[i] + share * (value_[i + 1] - value_[i]);
  }
  /// Area under the curve up to `time`, trapezoidal.
  double area(double time) const {
    const std::size_t i = interval(time);
    return i == npos ? 0 : area_[i] + (time - time_[i]) * (value_[i] + at(time)) / 2;
  }

 private:
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);
  void push(double time, double value) {
    area_.push_back(time_.empty() ? 0 : area_.back() + (time - time_.back()) * (value + value_.back()) / 2);
    time_.push_back(time);
    value_.push_back(value);
  }
  std::size_t interval(double time) const {
    if (time_.empty() || time < time_.front()) return npos;
    return static_cast<std::size_t>(std::upper_bound(time_.begin(), time_.end(), time) - time_.begin()) - 1;
  }
  std::vector<double> time_, value_, area_;
};

/// ln of a response; what is not positive counts as far below the subject's smallest positive value would.
double log_response(const Observation& o, double floor) { return o.value > 0 ? std::log(o.value) : floor; }

/// Scales that the values of these subjects give.
struct Levels {
  double baseline = 0;       ///< median of the subjects' ln baselines
  double concentration = 0;  ///< median of ln(concentration)
  double effect = 1;         ///< 0.9 quantile of |ln(response / baseline)| under treatment, at least 0.1
};

/// ln of the geometric mean of the responses up to the first dose; of the first response when there is none.
double log_baseline(const Subject& subject, double floor) {
  const double start = subject.doses.empty() ? subject.responses.front().time : subject.doses.front().time;
  double sum = 0;
  std::size_t n = 0;
  for (const Observation& o : subject.responses) {
    if (o.time > start && n > 0) break;
    sum += log_response(o, floor);
    ++n;
    if (o.time > start) break;
  }
  return sum / static_cast<double>(n);
}

/// ln below which no positive response of these subjects lies.
double response_floor(std::span<const Subject> subjects) {
  double smallest = 0;
  for (const Subject& subject : subjects)
    for (const Observation& o : subject.responses)
      if (o.value > 0 && (smallest == 0 || o.value < smallest)) smallest = o.value;
  return smallest > 0 ? std::log(smallest / 2) : 0;
}

Levels levels_of(std::span<const Subject> subjects, const std::vector<double>& baselines, double floor) {
  Levels levels;
  std::vector<double> log_values, known_baselines, changes;
  for (std::size_t s = 0; s < subjects.size(); ++s) {
    const Subject& subject = subjects[s];
    for (const Observation& o : subject.concentrations)
      if (o.value > 0) log_values.push_back(std::log(o.value));
    if (subject.responses.empty()) continue;
    known_baselines.push_back(baselines[s]);
    if (subject.doses.empty()) continue;
    for (const Observation& o : subject.responses)
      if (o.time > subject.doses.front().time)
        changes.push_back(std::fabs(log_response(o, floor) - baselines[s]));
  }
  levels.baseline = median(known_baselines);
  levels.concentration = median(log_values);
  if (!changes.empty()) {
    const auto q90 = changes.begin() + static_cast<std::ptrdiff_t>(0.9 * static_cast<double>(changes.size()));
    std::nth_element(changes.begin(), q90, changes.end());
    levels.effect = std::max(*q90, 0.1);
  }
  return levels;
}

/// What a token tells beyond its own observation: the one before it and the subject's extremes.
struct Context {
  double baseline, smallest, largest;  ///< ln; extremes of the change from baseline
  double highest_concentration, total_area;
  double previous_change = 0, previous_time = 0, previous_log_concentration = 0;
  bool known = false;
};

double log_or_lowest(double value, double level, double high) {
  return value > 0 ? clip(std::log(value) - level, lowest, high) : lowest;
}

void write_response(const Observation& o, double change, const Levels& levels, const Context& context,
                    float* x) {
  x[0] = static_cast<float>(clip(change, -4, 4));
  x[1] = static_cast<float>(clip(change / levels.effect, -4, 4));
  x[2] = static_cast<float>(clip(change + context.baseline - levels.baseline, -5, 5));
  x[3] = o.value > 0 ? 0 : 1;
  const double range = std::max(context.largest - context.smallest, 0.1 * levels.effect);
  x[4] = static_cast<float>((change - context.smallest) / range);
}

void write_exposure(double concentration, double area, double log_concentration, bool known,
                    const Context& context, float* x) {
  if (!known) return;
  x[5] = 1;
  x[6] = static_cast<float>(log_concentration / 2);
  x[7] = concentration > 0 ? 0 : 1;
  x[8] = static_cast<float>(concentration / std::max(context.highest_concentration, 1e-300));
  x[9] = static_cast<float>(area / std::max(context.total_area, 1e-300));
}

void write_dosing(const Subject& subject, const Observation& o, int dose_index, const DesignScale& scale,
                  float* x) {
  const double start = subject.doses.empty() ? 0 : subject.doses.front().time;
  x[10] = static_cast<float>(log_time(std::max(o.time - start, 0.0), scale.time));
  x[11] = subject.doses.empty() ? 1 : 0;
  if (dose_index < 0) return;
  const Dose& dose = subject.doses[static_cast<std::size_t>(dose_index)];
  x[12] = 1;
  x[13] = static_cast<float>(log_time(o.time - dose.time, scale.time));
  x[14] = static_cast<float>(std::log1p(static_cast<double>(dose_index)) / 1.5);
  x[15] = static_cast<float>(clip(std::log(dose.amount / scale.dose), -5, 5));
  if (dose_index > 0) {
    const double interval = dose.time - subject.doses[static_cast<std::size_t>(dose_index) - 1].time;
    x[16] = static_cast<float>(log_time(interval, scale.time));
  }
}

void write_slopes(const Observation& o, double change, double log_concentration, const Levels& levels,
                  const DesignScale& scale, const Context& context, float* x) {
  if (!context.known) return;
  const double rise = clip((change - context.previous_change) / levels.effect, -4, 4);
  const double gap = (o.time - context.previous_time) / scale.time;
  x[17] = 1;
  x[18] = static_cast<float>(rise);
  x[19] = static_cast<float>(clip(std::log(gap + 1e-3), -7, 5) / 2);
  x[20] = static_cast<float>(clip(std::asinh(rise / (gap + 1e-3)), -5, 5) / 2);
  x[21] = static_cast<float>(clip(log_concentration - context.previous_log_concentration, -4, 4));
}

}  // namespace

void write_pd(std::span<const Subject> subjects, const DesignScale& scale, TokenSet& set) {
  const double floor = response_floor(subjects);
  std::vector<double> baselines(subjects.size(), 0);
  for (std::size_t s = 0; s < subjects.size(); ++s)
    if (!subjects[s].responses.empty()) baselines[s] = log_baseline(subjects[s], floor);
  const Levels levels = levels_of(subjects, baselines, floor);
  set.levels = {levels.baseline, levels.concentration, std::log(levels.effect)};

  for (std::size_t s = 0; s < subjects.size(); ++s) {
    const Subject& subject = subjects[s];
    const std::vector<Observation>& responses = subject.responses;
    if (responses.empty()) continue;
    const Exposure exposure(subject);
    Context context{baselines[s], 1e300, -1e300, 0, exposure.area(responses.back().time)};
    for (const Observation& o : responses) {
      const double change = log_response(o, floor) - baselines[s];
      context.smallest = std::min(context.smallest, change);
      context.largest = std::max(context.largest, change);
      context.highest_concentration = std::max(context.highest_concentration, exposure.at(o.time));
    }
    DoseCursor cursor(subject);
    const std::size_t used = std::min(responses.size(), set.tokens);
    set.count[s] = used;
    for (std::size_t k = 0; k < used; ++k) {
      const Observation& o = responses[thinned(k, responses.size(), set.tokens)];
      const std::size_t row = s * set.tokens + k;
      float* x = &set.values[row * set.features];
      const double change = log_response(o, floor) - baselines[s], concentration = exposure.at(o.time);
      const double log_concentration = log_or_lowest(concentration, levels.concentration, 5);
      write_response(o, change, levels, context, x);
      write_exposure(concentration, exposure.area(o.time), log_concentration, exposure.known(), context, x);
      write_dosing(subject, o, cursor.last_before(o.time), scale, x);
      write_slopes(o, change, log_concentration, levels, scale, context, x);
      x[22] = static_cast<float>(std::log(levels.effect));
      x[23] = static_cast<float>(std::log(static_cast<double>(subjects.size())) / 3);
      const double start = subject.doses.empty() ? 0 : subject.doses.front().time;
      set.time[row] = static_cast<float>(std::max(o.time - start, 0.0) / scale.longest);
      context.previous_change = change;
      context.previous_time = o.time;
      context.previous_log_concentration = log_concentration;
      context.known = true;
    }
  }
}

}  // namespace qdose::features
