#include "qdose/stage1_classify/misfit.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "qdose/base/random.hpp"
#include "qdose/base/threads.hpp"

namespace qdose {
namespace {

constexpr std::size_t replicates = 16, smallest_bin = 6, most_bins = 10;
constexpr double starting_sd = 0.2;  // of scaled residuals (20%), until they tell themselves
constexpr double material_lean =
    0.5;  // a common lean below half the scatter's variance is no misfit worth a flag

const std::vector<Observation>& observations(const Subject& subject, Role role) {
  return role == Role::pk ? subject.concentrations : subject.responses;
}

ObservedValues scaled_residuals(const ResidualScale& scale, const ObservedValues& observed,
                                const ObservedValues& fitted) {
  ObservedValues residuals = observed;
  for (std::size_t s = 0; s < observed.size(); ++s)
    for (std::size_t k = 0; k < observed[s].size(); ++k)
      residuals[s][k] = scale(observed[s][k]) - scale(fitted[s][k]);
  return residuals;
}

/// Standard deviation over all residuals, `lost` degrees of freedom a subject taken by its parameters.
double spread(const ObservedValues& residuals, std::size_t lost) {
  double squares = 0, freedom = 0;
  for (const auto& own : residuals) {
    for (double r : own) squares += r * r;
    freedom += std::max(static_cast<double>(own.size()) - static_cast<double>(lost),
                        0.5 * static_cast<double>(own.size()));
  }
  return std::sqrt(std::max(squares / std::max(freedom, 1.0), 1e-12));
}

/// Values simulated from the fits with normal scatter on the residual scale.
ObservedValues replicate(const ResidualScale& scale, const ObservedValues& fitted, double sd, Stream stream) {
  ObservedValues values = fitted;
  for (auto& own : values)
    for (double& y : own) y = std::max(scale.back(scale(y) + sd * stream.normal()), 0.0);
  return values;
}

}  // namespace

ObservedValues observed_values(const Trial& trial, Role role) {
  ObservedValues values;
  for (const Subject& subject : trial.subjects) {
    std::vector<double>& own = values.emplace_back();
    for (const Observation& o : observations(subject, role)) own.push_back(o.value);
  }
  return values;
}

ResidualScale residual_scale(const ObservedValues& observed) {
  std::vector<double> positive;
  for (const auto& own : observed)
    for (double y : own)
      if (y > 0) positive.push_back(y);
  if (positive.empty()) return {};
  const auto middle = positive.begin() + static_cast<std::ptrdiff_t>(positive.size() / 2);
  std::nth_element(positive.begin(), middle, positive.end());
  return {0.05 * *middle};
}

double common_lean(const Trial& trial, Role role, const ObservedValues& residuals) {
  std::map<double, std::vector<std::pair<double, double>>>
      arms;  // dose level -> (time since first dose, residual)
  for (std::size_t s = 0; s < trial.subjects.size(); ++s) {
    const Subject& subject = trial.subjects[s];
    const auto& own = observations(subject, role);
    const double start = subject.doses.empty() ? 0 : subject.doses.front().time;
    for (std::size_t k = 0; k < own.size(); ++k)
      arms[subject.dose_level()].emplace_back(own[k].time - start, residuals[s][k]);
  }
  double between = 0, bins = 0, within = 0, freedom = 0;
  for (auto& [level, values] : arms) {
    std::sort(values.begin(), values.end());
    const std::size_t n = std::clamp<std::size_t>(values.size() / smallest_bin, 1, most_bins);
    for (std::size_t b = 0; b < n; ++b) {
      const std::size_t first = b * values.size() / n, last = (b + 1) * values.size() / n;
      const double size = static_cast<double>(last - first);
      if (last - first < 2) continue;
      double mean = 0, squares = 0;
      for (std::size_t i = first; i < last; ++i) mean += values[i].second / size;
      for (std::size_t i = first; i < last; ++i) squares += std::pow(values[i].second - mean, 2);
      between += size * mean * mean;
      bins += 1;
      within += squares;
      freedom += size - 1;
    }
  }
  if (bins == 0 || freedom == 0 || within == 0) return 0;
  return between / bins / (within / freedom);
}

Misfit misfit_of(const Trial& trial, const FitProblem& problem, const std::vector<std::vector<double>>& start,
                 std::uint64_t seed, int threads) {
  const Role role = problem.model->role;
  const std::size_t parameters = problem.model->parameters.size();
  const ObservedValues observed = observed_values(trial, role);
  Misfit misfit;
  misfit.residual_sd = starting_sd;
  ObservedValues residuals;
  for (int pass = 0; pass < 2; ++pass) {  // the second with the scatter that the first found
    misfit.fits =
        fit_individuals(problem, observed, misfit.residual_sd, pass == 0 ? start : misfit.fits.parameters);
    residuals = scaled_residuals(problem.scale, observed, misfit.fits.fitted);
    misfit.residual_sd = spread(residuals, parameters);
  }
  misfit.lean = common_lean(trial, role, residuals);

  std::vector<double> leans(replicates);
  parallel_for(replicates, threads, [&](std::size_t i) {
    const ObservedValues values =
        replicate(problem.scale, misfit.fits.fitted, misfit.residual_sd, Stream(seed, Purpose::bootstrap, i));
    const IndividualFits again = fit_individuals(problem, values, misfit.residual_sd, misfit.fits.parameters);
    leans[i] = common_lean(trial, role, scaled_residuals(problem.scale, values, again.fitted));
  });
  const double n = replicates;
  misfit.expected = std::accumulate(leans.begin(), leans.end(), 0.0) / n;
  double variance = 0;
  for (double lean : leans) variance += (lean - misfit.expected) * (lean - misfit.expected) / (n - 1);
  misfit.limit = misfit.expected + std::max(4 * std::sqrt(variance), material_lean);
  misfit.ratio = std::max(0.0, (misfit.lean - misfit.expected) / (misfit.limit - misfit.expected));
  return misfit;
}

}  // namespace qdose
