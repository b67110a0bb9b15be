#include "qdose/dosing/exposure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace qdose {
namespace {

constexpr std::size_t people_wanted = 2048;

double quantile_of(std::vector<double>& values, double level) {
  if (values.empty()) return 0;
  const auto place = static_cast<std::ptrdiff_t>(std::lround(level * static_cast<double>(values.size() - 1)));
  std::ranges::nth_element(values, values.begin() + place);
  return values[static_cast<std::size_t>(place)];
}

Quantiles quantiles_of(std::vector<double>& values) {
  return {quantile_of(values, 0.05), quantile_of(values, 0.5), quantile_of(values, 0.95)};
}

/// One number a subject, and the courses.
class Collection {
 public:
  explicit Collection(const IntervalResponse& response)
      : concentration_(response.times().size()), biomarker_(response.times().size()) {}

  void add(const IntervalResponse& response, const Endpoint& endpoint, std::size_t count) {
    const auto measured = [&](Quantity quantity, Measure measure) {
      return response.measure({quantity, measure, endpoint.direction, endpoint.threshold, 1});
    };
    const Lanes values[] = {
        measured(Quantity::concentration, Measure::peak), measured(Quantity::concentration, Measure::trough),
        measured(Quantity::concentration, Measure::auc),  measured(Quantity::biomarker, Measure::peak),
        measured(Quantity::biomarker, Measure::trough),   measured(Quantity::biomarker, Measure::mean),
        measured(endpoint.quantity, Measure::time)};
    for (std::size_t l = 0; l < count; ++l) {
      if (!std::ranges::all_of(values, [l](const Lanes& v) { return std::isfinite(v.v[l]); })) continue;
      for (std::size_t k = 0; k < std::size(values); ++k) numbers_[k].push_back(values[k].v[l]);
      for (std::size_t t = 0; t < concentration_.size(); ++t) {
        concentration_[t].push_back(response.values(Quantity::concentration)[t].v[l]);
        biomarker_[t].push_back(response.values(Quantity::biomarker)[t].v[l]);
      }
    }
  }

  void store(double interval, Exposure& exposure) {
    double above = 0;
    for (const double c : numbers_[0]) above += c > exposure.c_max_studied;
    if (exposure.c_max_studied > 0 && !numbers_[0].empty())
      exposure.above_studied = above / static_cast<double>(numbers_[0].size());
    exposure.c_max = quantiles_of(numbers_[0]), exposure.c_min = quantiles_of(numbers_[1]);
    exposure.auc = quantiles_of(numbers_[2]);
    const Quantiles& auc = exposure.auc;
    exposure.c_mean = {auc.q5 / interval, auc.q50 / interval, auc.q95 / interval};
    exposure.biomarker_max = quantiles_of(numbers_[3]), exposure.biomarker_min = quantiles_of(numbers_[4]);
    exposure.biomarker_mean = quantiles_of(numbers_[5]), exposure.time_attained = quantiles_of(numbers_[6]);
    for (auto [courses, band] :
         {std::pair{&concentration_, &exposure.concentration}, std::pair{&biomarker_, &exposure.biomarker}})
      for (std::vector<double>& values : *courses) {
        const Quantiles q = quantiles_of(values);
        band->q5.push_back(q.q5), band->q50.push_back(q.q50), band->q95.push_back(q.q95);
      }
  }

 private:
  std::vector<double> numbers_[7];
  std::vector<std::vector<double>> concentration_, biomarker_;  ///< [times][subjects]
};

double ratio(double a, double b) { return b > 0 ? a / b : 0; }

double swing(const Exposure& e) {
  return ratio(e.biomarker_max.q50 - e.biomarker_min.q50, e.biomarker_mean.q50);
}

}  // namespace

Exposure exposure_at(const SearchProblem& problem, const std::vector<PopulationSource>& members,
                     const Course& course, double dose, double studied_concentration) {
  Exposure exposure;
  exposure.dose_mg = dose, exposure.c_max_studied = studied_concentration;
  std::optional<Collection> collection;
  double total = 0;
  for (const PopulationSource& member : members) total += member.weight;
  for (const PopulationSource& member : members) {
    const PopulationModel& model = member.model != nullptr ? *member.model : problem.model;
    IntervalResponse response(model.pk_class, model.pd_class, course.regimen.repetition);
    if (!collection) collection.emplace(response), exposure.time_h = response.times();
    const double wanted = static_cast<double>(people_wanted) * member.weight / total;
    const std::size_t replicates = std::min<std::size_t>(member.replicates, 128);
    const auto octets = std::max<std::size_t>(
        1, static_cast<std::size_t>(std::lround(wanted / static_cast<double>(lanes * replicates))));
    for (std::size_t r = 0; r < replicates; ++r) {
      const Replicate replicate(problem, member, r);
      for (std::size_t octet = 0; octet < octets; ++octet) {
        const Octet people = draw_octet(problem, replicate, course.population, octet * lanes);
        response.set_subjects(people.parameters);
        response.give(all_lanes(dose));
        collection->add(response, course.endpoint, lanes);
      }
    }
  }
  collection->store(course.regimen.repetition.interval, exposure);
  return exposure;
}

RegimenComparison compare_regimens(const Exposure& daily, const Exposure& weekly) {
  RegimenComparison c;
  c.daily_mg = daily.dose_mg, c.weekly_mg = weekly.dose_mg;
  c.dose_rate_ratio = ratio(weekly.dose_mg / 168, daily.dose_mg / 24);
  c.c_max_ratio = ratio(weekly.c_max.q50, daily.c_max.q50);
  c.c_min_ratio = ratio(weekly.c_min.q50, daily.c_min.q50);
  c.c_mean_ratio = ratio(weekly.c_mean.q50, daily.c_mean.q50);
  c.biomarker_swing_daily = swing(daily), c.biomarker_swing_weekly = swing(weekly);
  c.words = fmt::format(
      "once weekly takes {:.2f} times the amount of drug; its peak concentration is {:.2f} times and its "
      "trough {:.2f} times that of once daily; the biomarker swings by {:.0f}% of its mean within an "
      "interval, {:.0f}% once daily",
      c.dose_rate_ratio, c.c_max_ratio, c.c_min_ratio, 100 * c.biomarker_swing_weekly,
      100 * c.biomarker_swing_daily);
  return c;
}

}  // namespace qdose
