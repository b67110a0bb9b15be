#include "qdose/simulate/prior_summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "qdose/simulate/report_priors.hpp"

namespace qdose {
namespace {

/// Values of one quantity over the trajectories of each class.
class ByClass {
 public:
  explicit ByClass(std::size_t classes) : values_(classes) {}
  void add(std::size_t c, double x) { values_[c].push_back(x); }
  std::size_t count(std::size_t c) const { return values_[c].size(); }
  Quantiles quantiles(std::size_t c) {
    auto& x = values_[c];
    if (x.empty()) return {};
    std::sort(x.begin(), x.end());
    const auto at = [&](double p) {
      return x[static_cast<std::size_t>(p * static_cast<double>(x.size() - 1))];
    };
    return {at(0.05), at(0.5), at(0.95)};
  }
  double mean(std::size_t c) const {
    double sum = 0;
    for (double x : values_[c]) sum += x;
    return sum / static_cast<double>(std::max<std::size_t>(values_[c].size(), 1));
  }

 private:
  std::vector<std::vector<double>> values_;
};

/// Trajectories chunk by chunk: body(block, index in it, class, its exact values).
template <class Body>
void each_trajectory(const TrajectorySource& source, std::size_t count, Body body) {
  constexpr std::size_t chunk = 4096;
  TrajectoryBlock block;
  for (std::size_t first = 0; first < count; first += chunk) {
    source.make(first, std::min(chunk, count - first), block);
    for (std::size_t i = 0; i < block.count; ++i)
      body(first + i, class_of_label(source.role(), block.label[i]),
           std::span<const float>(block.exact).subspan(i * block.times, block.times));
  }
}

double square(double x) { return x * x; }

double pk_distance(std::span<const float> given, std::span<const float> published) {
  double sum = 0;
  for (std::size_t k = 0; k < given.size(); ++k)
    sum += square(given[k] - published[k]) / (square(0.15 * given[k]) + square(0.02));
  return std::sqrt(sum);
}

/// Distance between the trajectory and the constant that fits it best, with the errors of that constant.
double pd_distance(std::span<const float> response) {
  double mean = 0;
  for (float r : response) mean += r / static_cast<double>(response.size());
  const double variance = square(0.10 * mean) + square(0.05);
  double sum = 0;
  for (float r : response) sum += square(r - mean) / variance;
  return std::sqrt(sum);
}

std::string range(const Quantiles& q) { return fmt::format("{:.3g} ({:.3g} - {:.3g})", q.p50, q.p5, q.p95); }
std::string percent(double share) { return fmt::format("{:.0f}%", 100 * share); }

}  // namespace

std::vector<PkSummary> summarise_report_pk(std::uint64_t seed, std::size_t count) {
  const auto models = role_models(Role::pk);
  const auto times = report_times(Role::pk);
  const auto day = static_cast<std::size_t>(std::find(times.begin(), times.end(), 24.0) - times.begin());
  std::vector<std::vector<float>> published(count);
  const auto without = make_report_trajectories({Role::pk, false}, seed, Purpose::training);
  each_trajectory(*without, count, [&](std::size_t i, std::size_t, std::span<const float> C) {
    published[i].assign(C.begin(), C.end());
  });
  ByClass peak(models.size()), at_24h(models.size()), last(models.size()), below(models.size()),
      published_peak(models.size()), distance(models.size()), seen(models.size());
  const auto with = make_report_trajectories({Role::pk, true}, seed, Purpose::training);
  each_trajectory(*with, count, [&](std::size_t i, std::size_t c, std::span<const float> C) {
    peak.add(c, *std::max_element(C.begin(), C.end()));
    at_24h.add(c, C[day]);
    last.add(c, C.back());
    const auto low = std::count_if(C.begin(), C.end(), [](float x) { return x < 0.02f; });
    below.add(c, static_cast<double>(low) / static_cast<double>(C.size()));
    published_peak.add(c, *std::max_element(published[i].begin(), published[i].end()));
    const double d = pk_distance(C, published[i]);
    distance.add(c, d);
    seen.add(c, d > seen_distance);
  });
  std::vector<PkSummary> summaries;
  for (std::size_t c = 0; c < models.size(); ++c)
    summaries.push_back({std::string(models[c].about.id), peak.count(c), peak.quantiles(c),
                         at_24h.quantiles(c), last.quantiles(c), below.mean(c), published_peak.quantiles(c),
                         distance.quantiles(c), seen.mean(c)});
  return summaries;
}

std::vector<PdSummary> summarise_report_pd(std::uint64_t seed, std::size_t count, bool dose_at_zero) {
  const auto models = role_models(Role::pd);
  ByClass baseline(models.size()), change(models.size()), distance(models.size()), seen(models.size());
  const auto source = make_report_trajectories({Role::pd, dose_at_zero}, seed, Purpose::training);
  each_trajectory(*source, count, [&](std::size_t, std::size_t c, std::span<const float> R) {
    double largest = 0;
    for (float r : R) largest = std::max(largest, std::abs(r / R.front() - 1.0));
    baseline.add(c, R.front());
    change.add(c, largest);
    const double d = pd_distance(R);
    distance.add(c, d);
    seen.add(c, d > seen_distance);
  });
  std::vector<PdSummary> summaries;
  for (std::size_t c = 0; c < models.size(); ++c)
    summaries.push_back({std::string(models[c].about.id), baseline.count(c), baseline.quantiles(c),
                         change.quantiles(c), distance.quantiles(c), seen.mean(c)});
  return summaries;
}

std::string describe(const std::vector<PkSummary>& summaries) {
  std::string text =
      "| class | peak, mg/L | at 24 h | at 1176 h | below 0.02 mg/L | peak as published | dose at t = 0: "
      "distance | "
      "seen |\n|---|---|---|---|---|---|---|---|\n";
  for (const PkSummary& s : summaries)
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} |\n", s.id, range(s.peak), range(s.at_24h),
                        range(s.last), percent(s.below_noise), range(s.published_peak), range(s.first_dose),
                        percent(s.first_dose_seen));
  return text;
}

std::string describe(const std::vector<PdSummary>& summaries) {
  std::string text =
      "| class | baseline, ng/mL | largest change | distance from a constant | seen "
      "|\n|---|---|---|---|---|\n";
  for (const PdSummary& s : summaries)
    text += fmt::format("| {} | {} | {} | {} | {} |\n", s.id, range(s.baseline), range(s.change),
                        range(s.distance), percent(s.seen));
  return text;
}

}  // namespace qdose
