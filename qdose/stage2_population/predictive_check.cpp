#include "qdose/stage2_population/predictive_check.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <span>

#include "qdose/base/threads.hpp"
#include "qdose/stage2_population/diagnostics.hpp"
#include "qdose/stage2_population/predictions.hpp"

namespace qdose {
namespace {

constexpr double levels[3] = {0.1, 0.5, 0.9};

/// Where each value of an arm goes: bin of (subject, index of its observation).
struct Arm {
  double dose_level = 0;
  std::vector<double> time;                                ///< by bin
  std::map<std::size_t, std::vector<std::size_t>> bin_of;  ///< [subject][observation]
};

/// Bins of one arm: equal times together; then neighbours joined until each bin has `fewest` values.
Arm make_arm(double dose_level, const std::map<std::size_t, std::vector<double>>& times) {
  constexpr std::size_t fewest = 3;
  std::map<double, std::size_t> count;
  for (const auto& [subject, list] : times)
    for (double t : list) ++count[t];
  Arm arm{dose_level, {}, {}};
  std::map<double, std::size_t> bin;
  std::size_t in_bin = 0;
  double weighted = 0;
  for (auto it = count.begin(); it != count.end(); ++it) {
    bin[it->first] = arm.time.size();
    in_bin += it->second;
    weighted += it->first * static_cast<double>(it->second);
    if (in_bin < fewest && std::next(it) != count.end()) continue;
    arm.time.push_back(weighted / static_cast<double>(in_bin));
    in_bin = 0;
    weighted = 0;
  }
  for (const auto& [subject, list] : times)
    for (double t : list) arm.bin_of[subject].push_back(bin[t]);
  return arm;
}

std::vector<Arm> arms_of(const Trial& trial, const std::vector<PredictionTimes>& times,
                         std::vector<double> PredictionTimes::*role) {
  std::map<double, std::map<std::size_t, std::vector<double>>> by_level;
  for (std::size_t s = 0; s < times.size(); ++s)
    if (!(times[s].*role).empty()) by_level[trial.subjects[s].dose_level()][s] = times[s].*role;
  std::vector<Arm> arms;
  for (const auto& [level, members] : by_level) arms.push_back(make_arm(level, members));
  return arms;
}

using Values = std::vector<std::vector<double>>;  ///< [subject][observation], in the order of the trial's

/// What values are multiplied by, and their limits: one below its limit becomes 0, below all others, since
/// half the limit times a factor of its own could pass for a large value. Empty: values stay as they are.
struct Correction {
  Values factors = {}, limits = {};

  double applied(double value, std::size_t s, std::size_t k) const {
    if (factors.empty()) return value;
    return value < limits[s][k] ? 0 : value * factors[s][k];
  }
};

/// Quantiles [3 * bin + level] over the values of an arm.
std::vector<double> quantiles(const Arm& arm, const Values& values, const Correction& correction) {
  std::vector<std::vector<double>> bins(arm.time.size());
  for (const auto& [s, bin] : arm.bin_of)
    for (std::size_t k = 0; k < bin.size(); ++k)
      bins[bin[k]].push_back(correction.applied(values[s][k], s, k));
  std::vector<double> result(3 * bins.size());
  for (std::size_t b = 0; b < bins.size(); ++b)
    select_quantiles(bins[b], levels, std::span(result).subspan(3 * b, 3));
  return result;
}

/// Shares, by bin, of values below their limits; a limit of 0 is never undercut.
std::vector<double> shares_below(const Arm& arm, const Values& values, const Values& limits) {
  std::vector<double> below(arm.time.size()), all(arm.time.size());
  for (const auto& [s, bin] : arm.bin_of)
    for (std::size_t k = 0; k < bin.size(); ++k) {
      all[bin[k]] += 1;
      below[bin[k]] += values[s][k] < limits[s][k] ? 1 : 0;
    }
  for (std::size_t b = 0; b < all.size(); ++b) below[b] /= all[b];
  return below;
}

void add_shares_below(const Arm& arm, const Values& observed, const Values& limits,
                      const std::vector<Replicate>& replicates, Values Replicate::*role,
                      PredictiveBand& band) {
  const auto limited = [&](const auto& member) {
    return std::ranges::any_of(limits[member.first], [](double limit) { return limit > 0; });
  };
  if (std::ranges::none_of(arm.bin_of, limited)) return;
  band.observed_below = shares_below(arm, observed, limits);
  std::vector<std::vector<double>> simulated;
  for (const Replicate& replicate : replicates)
    simulated.push_back(shares_below(arm, replicate.*role, limits));
  std::vector<double> values(replicates.size());
  for (std::size_t b = 0; b < arm.time.size(); ++b) {
    for (std::size_t r = 0; r < values.size(); ++r) values[r] = simulated[r][b];
    double ends[2];
    select_quantiles(values, std::array{0.05, 0.95}, ends);
    band.low_below.push_back(ends[0]);
    band.high_below.push_back(ends[1]);
  }
}

PredictiveBand band_of(const Arm& arm, const Values& observed, const std::vector<Replicate>& replicates,
                       Values Replicate::*role, const Correction& correction, int threads) {
  PredictiveBand band;
  band.dose_level = arm.dose_level;
  band.time = arm.time;
  const std::vector<double> seen = quantiles(arm, observed, correction);
  std::vector<std::vector<double>> simulated(replicates.size());
  parallel_for(replicates.size(), threads,
               [&](std::size_t r) { simulated[r] = quantiles(arm, replicates[r].*role, correction); });
  std::vector<double>* shown[3] = {&band.observed_p10, &band.observed_p50, &band.observed_p90};
  std::vector<double>* low[3] = {&band.low_p10, &band.low_p50, &band.low_p90};
  std::vector<double>* high[3] = {&band.high_p10, &band.high_p50, &band.high_p90};
  constexpr double ends[2] = {0.05, 0.95};
  std::vector<double> values(replicates.size());
  for (std::size_t i = 0; i < seen.size(); ++i) {
    for (std::size_t r = 0; r < replicates.size(); ++r) values[r] = simulated[r][i];
    double limits[2];
    select_quantiles(values, ends, limits);
    shown[i % 3]->push_back(seen[i]);
    low[i % 3]->push_back(limits[0]);
    high[i % 3]->push_back(limits[1]);
  }
  return band;
}

/// Values of one kind and their limits of quantification.
struct Seen {
  Values values, limits;

  void add(const std::vector<Observation>& observations) {
    values.emplace_back();
    limits.emplace_back();
    for (const Observation& o : observations) {
      values.back().push_back(o.value);
      limits.back().push_back(o.limit);
    }
  }
};

std::vector<PredictiveBand> bands(const std::vector<Arm>& arms, const Seen& observed,
                                  const std::vector<Replicate>& replicates, Values Replicate::*role,
                                  int threads) {
  std::vector<PredictiveBand> result;
  for (const Arm& arm : arms) {
    result.push_back(band_of(arm, observed.values, replicates, role, {}, threads));
    add_shares_below(arm, observed.values, observed.limits, replicates, role, result.back());
  }
  return result;
}

}  // namespace

PredictiveChecks predictive_checks(const Posterior& posterior, const std::vector<Replicate>& simulated,
                                   int threads) {
  const Trial& trial = posterior.trial();
  std::vector<PredictionTimes> times;
  Seen pk, pd;
  for (const Subject& subject : trial.subjects) {
    times.push_back(observation_times(subject));
    if (posterior.problem().pd == nullptr) times.back().pd.clear();
    pk.add(subject.concentrations);
    pd.add(subject.responses);
  }
  return {bands(arms_of(trial, times, &PredictionTimes::pk), pk, simulated, &Replicate::pk, threads),
          bands(arms_of(trial, times, &PredictionTimes::pd), pd, simulated, &Replicate::pd, threads)};
}

PredictiveBand corrected_check(const Posterior& posterior, const std::vector<Replicate>& simulated,
                               const std::vector<IndividualFit>& fits, bool pk, int threads) {
  const Trial& trial = posterior.trial();
  const auto role = pk ? &Replicate::pk : &Replicate::pd;
  std::map<std::size_t, std::vector<double>> times;
  std::vector<const IndividualFit*> fit_of(trial.subjects.size(), nullptr);
  std::size_t next = 0;
  for (std::size_t s = 0; s < trial.subjects.size() && next < fits.size(); ++s) {
    if (trial.subjects[s].id != fits[next].id) continue;
    fit_of[s] = &fits[next++];
    if (!trial.subjects[s].doses.empty()) times[s] = fit_of[s]->time;
  }
  if (times.empty()) return {};
  const Arm arm = make_arm(0, times);
  std::vector<std::vector<double>> predictions(arm.time.size());
  for (const auto& [s, bin] : arm.bin_of)
    for (std::size_t k = 0; k < bin.size(); ++k) predictions[bin[k]].push_back(fit_of[s]->population[k]);
  std::vector<double> typical;
  for (auto& bin : predictions) {
    std::sort(bin.begin(), bin.end());
    typical.push_back(quantile_of_sorted(bin, 0.5));
  }
  Correction correction{Values(trial.subjects.size()), Values(trial.subjects.size())};
  Values observed(trial.subjects.size());
  for (const auto& [s, bin] : arm.bin_of) {
    observed[s] = fit_of[s]->observed;
    for (std::size_t k = 0; k < bin.size(); ++k) {
      const double own = fit_of[s]->population[k];
      correction.factors[s].push_back(own > 0 ? typical[bin[k]] / own : 1.0);
      correction.limits[s].push_back(pk ? trial.subjects[s].concentrations[k].limit
                                        : trial.subjects[s].responses[k].limit);
    }
  }
  return band_of(arm, observed, simulated, role, correction, threads);
}

}  // namespace qdose
