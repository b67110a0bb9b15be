#include "qdose/stage2_population/predictive_check.hpp"

#include <algorithm>
#include <map>

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

/// Quantiles [level][bin] over the values of an arm, `values[subject]` in the order of its observations.
std::vector<std::vector<double>> quantiles(const Arm& arm, const std::vector<std::vector<double>>& values) {
  std::vector<std::vector<double>> bins(arm.time.size());
  for (const auto& [subject, bin] : arm.bin_of)
    for (std::size_t k = 0; k < bin.size(); ++k) bins[bin[k]].push_back(values[subject][k]);
  std::vector<std::vector<double>> result(3);
  for (auto& bin : bins) {
    std::sort(bin.begin(), bin.end());
    for (std::size_t q = 0; q < 3; ++q) result[q].push_back(quantile_of_sorted(bin, levels[q]));
  }
  return result;
}

std::vector<PredictiveBand> bands(const std::vector<Arm>& arms,
                                  const std::vector<std::vector<double>>& observed,
                                  const std::vector<Replicate>& replicates,
                                  std::vector<std::vector<double>> Replicate::*role) {
  std::vector<PredictiveBand> result;
  for (const Arm& arm : arms) {
    PredictiveBand band;
    band.dose_level = arm.dose_level;
    band.time = arm.time;
    const auto seen = quantiles(arm, observed);
    band.observed_p10 = seen[0];
    band.observed_p50 = seen[1];
    band.observed_p90 = seen[2];
    std::vector<std::vector<std::vector<double>>> simulated;  // [replicate][level][bin]
    for (const Replicate& replicate : replicates) simulated.push_back(quantiles(arm, replicate.*role));
    std::vector<double>* low[3] = {&band.low_p10, &band.low_p50, &band.low_p90};
    std::vector<double>* high[3] = {&band.high_p10, &band.high_p50, &band.high_p90};
    for (std::size_t q = 0; q < 3; ++q)
      for (std::size_t b = 0; b < arm.time.size(); ++b) {
        std::vector<double> values;
        for (const auto& replicate : simulated) values.push_back(replicate[q][b]);
        std::sort(values.begin(), values.end());
        low[q]->push_back(quantile_of_sorted(values, 0.05));
        high[q]->push_back(quantile_of_sorted(values, 0.95));
      }
    result.push_back(std::move(band));
  }
  return result;
}

}  // namespace

PredictiveChecks predictive_checks(const Posterior& posterior, const std::vector<Replicate>& simulated) {
  const Trial& trial = posterior.trial();
  std::vector<PredictionTimes> times;
  std::vector<std::vector<double>> pk, pd;
  for (const Subject& subject : trial.subjects) {
    times.push_back(observation_times(subject));
    if (posterior.problem().pd == nullptr) times.back().pd.clear();
    pk.emplace_back();
    pd.emplace_back();
    for (const Observation& o : subject.concentrations) pk.back().push_back(o.value);
    for (const Observation& o : subject.responses) pd.back().push_back(o.value);
  }
  return {bands(arms_of(trial, times, &PredictionTimes::pk), pk, simulated, &Replicate::pk),
          bands(arms_of(trial, times, &PredictionTimes::pd), pd, simulated, &Replicate::pd)};
}

PredictiveBand corrected_check(const Posterior& posterior, const std::vector<Replicate>& simulated,
                               const std::vector<IndividualFit>& fits, bool pk) {
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
  const auto corrected = [&](std::vector<std::vector<double>> values) {
    for (const auto& [s, bin] : arm.bin_of)
      for (std::size_t k = 0; k < bin.size(); ++k)
        if (fit_of[s]->population[k] > 0) values[s][k] *= typical[bin[k]] / fit_of[s]->population[k];
    return values;
  };
  std::vector<std::vector<double>> observed(trial.subjects.size());
  for (const auto& [s, unused] : times) observed[s] = fit_of[s]->observed;
  std::vector<Replicate> scaled = simulated;
  for (Replicate& replicate : scaled) replicate.*role = corrected(std::move(replicate.*role));
  return bands({arm}, corrected(std::move(observed)), scaled, role).front();
}

}  // namespace qdose
