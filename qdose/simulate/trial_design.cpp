#include "qdose/simulate/trial_design.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "qdose/base/text.hpp"

namespace qdose {
namespace {

struct NamedDesign {
  const char* name;
  int doses;
  double interval;
};
constexpr NamedDesign designs[] = {{"daily", 21, 24}, {"weekly", 6, 168}, {"single", 1, 168}};

/// After one dose: dense while the concentration moves fast.
constexpr double profile[] = {1, 2, 4, 8, 12, 24, 48, 96, 168};
/// After the last dose, beyond its interval.
constexpr double washout[] = {48, 72, 120, 168, 240, 336, 504};

std::vector<double> concentration_times(int doses, double interval) {
  std::vector<double> times;
  const double last = (doses - 1) * interval;
  for (double start : {0.0, last})
    for (double t : profile)
      if (t <= interval) times.push_back(start + t);
  // Before about six of the doses between.
  const int every = std::max(1, doses / 7);
  for (int d = every; d < doses - 1; d += every) times.push_back(d * interval);
  for (double t : washout)
    if (t > interval) times.push_back(last + t);
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  return times;
}

Error wrong(std::string message, std::string setting, std::string hint = "") {
  return {Fault::bad_usage, std::move(message), std::move(setting), std::move(hint)};
}

}  // namespace

Result<std::vector<double>> parse_numbers(const std::string& text, const std::string& setting) {
  std::vector<double> numbers;
  std::size_t start = 0;
  while (start <= text.size()) {
    const std::size_t comma = std::min(text.find(',', start), text.size());
    const std::string word(trimmed(std::string_view(text).substr(start, comma - start)));
    char* end = nullptr;
    const double number = std::strtod(word.c_str(), &end);
    if (word.empty() || *end != '\0' || !std::isfinite(number))
      return wrong("'" + word + "' is not a number", setting,
                   "numbers separated by commas, such as 0, 1, 3, 10");
    numbers.push_back(number);
    start = comma + 1;
  }
  return numbers;
}

namespace {

/// Times from a setting, ascending and distinct; none when it is empty.
Result<std::vector<double>> sampling_times(const std::string& text, const std::string& setting) {
  if (trimmed(text).empty()) return std::vector<double>{};
  auto times = parse_numbers(text, setting);
  if (!times) return times;
  if (std::any_of(times->begin(), times->end(), [](double t) { return t < 0 || t > 1e6; }))
    return wrong("a time that is not within 0 to 10^6 h", setting);
  std::sort(times->begin(), times->end());
  times->erase(std::unique(times->begin(), times->end()), times->end());
  return times;
}

}  // namespace

Result<TrialDesign> design_of(const VirtualTrialSettings& settings) {
  Errors errors;
  std::vector<std::string> names;
  const NamedDesign* named = nullptr;
  for (const NamedDesign& d : designs) {
    names.emplace_back(d.name);
    if (settings.design == d.name) named = &d;
  }
  if (named == nullptr)
    errors.push_back(
        wrong("no design is called '" + settings.design + "'", "design", suggestion(settings.design, names)));
  if (settings.subjects < 1 || settings.subjects > 10000)
    errors.push_back(wrong("1 to 10000 subjects an arm", "subjects"));
  if (settings.doses < 0 || settings.doses > 1000) errors.push_back(wrong("0 to 1000 doses", "doses"));
  if (!(settings.interval_h >= 0) || settings.interval_h > 10000)
    errors.push_back(wrong("an interval of 0 to 10000 h", "interval_h"));
  if (!(settings.missing >= 0 && settings.missing <= 0.9))
    errors.push_back(wrong("a fraction of 0 to 0.9", "missing"));
  if (!(settings.quantification >= 0 && settings.quantification <= 0.1))
    errors.push_back(wrong("a fraction of 0 to 0.1", "quantification"));
  if (!(settings.infusion_h >= 0) || settings.infusion_h > 10000)
    errors.push_back(wrong("an infusion of 0 to 10000 h", "infusion_h"));
  if (!(settings.missed_doses >= 0 && settings.missed_doses <= 0.9))
    errors.push_back(wrong("a fraction of 0 to 0.9", "missed_doses"));
  if (!(settings.irregular_h >= 0) || settings.irregular_h > 10000)
    errors.push_back(wrong("0 to 10000 h", "irregular_h"));
  if (settings.sparse < 0) errors.push_back(wrong("0 or a number of values", "sparse"));
  const auto pk_times = sampling_times(settings.pk_times, "pk_times");
  const auto pd_times = sampling_times(settings.pd_times, "pd_times");
  for (const auto* times : {&pk_times, &pd_times})
    if (!times->ok()) errors.insert(errors.end(), times->errors().begin(), times->errors().end());
  auto levels = parse_numbers(settings.levels, "levels");
  if (!levels.ok())
    errors.insert(errors.end(), levels.errors().begin(), levels.errors().end());
  else if (std::any_of(levels->begin(), levels->end(), [](double x) { return x < 0; }))
    errors.push_back(wrong("a dose is negative", "levels"));
  if (!errors.empty()) return errors;

  TrialDesign design;
  design.levels = std::move(levels).value();
  design.subjects = settings.subjects;
  design.doses = settings.doses > 0 ? settings.doses : named->doses;
  design.interval = settings.interval_h > 0 ? settings.interval_h : named->interval;
  if (2 * settings.irregular_h >= design.interval)
    return wrong("doses would change places", "irregular_h", "less than half of the interval");
  design.infusion = settings.infusion_h;
  design.pk_times = concentration_times(design.doses, design.interval);
  design.pd_times = design.pk_times;
  design.pd_times.insert(design.pd_times.begin(), 0.0);
  if (!pk_times->empty()) design.pk_times = *pk_times;
  if (!pd_times->empty()) design.pd_times = *pd_times;
  design.missing = settings.missing;
  design.quantification = settings.quantification;
  design.missed_doses = settings.missed_doses;
  design.irregular = settings.irregular_h;
  design.sparse = settings.sparse;
  design.flag_below_limit = settings.flag_below_limit;
  return design;
}

}  // namespace qdose
