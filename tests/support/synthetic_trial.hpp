// A made-up trial for tests of what comes after the stages: one-compartment oral drug, turnover biomarker
// whose production it inhibits, four arms of twelve. Nothing here uses the models or stages of the program.
#pragma once
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/results/run_info.hpp"

namespace qdose::testing {

/// KA, kout in 1/h; CL in L/h; V in L; IC50 in mg/L; R0 in units of the biomarker.
struct SyntheticParameters {
  double CL = 0.15, V = 8, KA = 0.7, R0 = 15, kout = 0.04, IC50 = 1.2;
};

inline SyntheticParameters typical_parameters(double body_weight, bool comedication) {
  SyntheticParameters p;
  p.CL *= std::pow(body_weight / 70, 0.75);
  p.V *= body_weight / 70;
  if (comedication) p.R0 *= 0.7;
  return p;
}

inline SyntheticParameters individual_parameters(const SyntheticParameters& typical, Stream& stream) {
  SyntheticParameters p = typical;
  for (double* value : {&p.CL, &p.V, &p.KA, &p.R0, &p.kout, &p.IC50})
    *value *= std::exp(0.25 * stream.normal());
  return p;
}

/// Concentration at `time` after `doses` of `amount` every `interval` h (superposition of single doses).
inline double concentration(const SyntheticParameters& p, double amount, int doses, double interval,
                            double time) {
  const double k = p.CL / p.V, scale = amount / p.V * p.KA / (p.KA - k);
  double sum = 0;
  for (int i = 0; i < doses && i * interval <= time; ++i) {
    const double since = time - i * interval;
    sum += scale * (std::exp(-k * since) - std::exp(-p.KA * since));
  }
  return sum;
}

/// Biomarker at ascending `times` (Euler steps of at most half an hour: good to a percent, enough for a
/// picture).
inline std::vector<double> response(const SyntheticParameters& p, double amount, int doses, double interval,
                                    const std::vector<double>& times) {
  std::vector<double> values;
  double now = 0, R = p.R0;
  for (const double time : times) {
    const int steps = static_cast<int>(std::ceil((time - now) / 0.5));
    const double dt = steps > 0 ? (time - now) / steps : 0;
    for (int i = 0; i < steps; ++i, now += dt) {
      const double C = concentration(p, amount, doses, interval, now);
      R += dt * p.kout * (p.R0 * (1 - C / (p.IC50 + C)) - R);
    }
    now = time;
    values.push_back(R);
  }
  return values;
}

/// The trial and what is behind it: `individual` by subject, as drawn.
struct SyntheticTrial {
  TrialSummary summary;
  std::vector<SyntheticParameters> typical, individual;
};

inline constexpr int synthetic_doses = 21;
inline constexpr double synthetic_interval = 24;

inline SyntheticTrial synthetic_trial(std::uint64_t seed = 1, int subjects_an_arm = 12) {
  const std::vector<double> pk_times{1,   2,   4,   8,   12,  24,  48,  96,  168, 240, 336, 432,
                                     480, 481, 482, 484, 488, 492, 504, 552, 600, 672, 840, 1008};
  std::vector<double> pd_times{0};
  pd_times.insert(pd_times.end(), pk_times.begin(), pk_times.end());
  SyntheticTrial trial;
  trial.summary.file = "synthetic.csv";
  trial.summary.route = "extravascular";
  trial.summary.covariates = {{"BW", false, 72, 50, 100}, {"COMED", true, 0, 0, 1}};
  for (const double level : {0.0, 1.0, 3.0, 10.0})
    for (int i = 0; i < subjects_an_arm; ++i) {
      const auto item = trial.summary.subjects.size();
      Stream stream(seed, Purpose::virtual_trial, item);
      const double weight = std::round(stream.uniform(50, 100)), comed = i % 2;
      trial.typical.push_back(typical_parameters(weight, comed > 0));
      trial.individual.push_back(individual_parameters(trial.typical.back(), stream));
      const SyntheticParameters& p = trial.individual.back();
      TrialSubject s{std::to_string(item + 1), level, {weight, comed}, {}, {}, {}, {}, pd_times, {}};
      if (level > 0) {
        s.pk_time = pk_times;
        for (int d = 0; d < synthetic_doses; ++d) {
          s.dose_time.push_back(d * synthetic_interval);
          s.dose_amount.push_back(level);
        }
        for (const double time : pk_times)
          s.pk.push_back(concentration(p, level, synthetic_doses, synthetic_interval, time) *
                         (1 + 0.12 * stream.normal()));
      }
      for (const double R : response(p, level, synthetic_doses, synthetic_interval, pd_times))
        s.pd.push_back(R * (1 + 0.08 * stream.normal()));
      trial.summary.subjects.push_back(std::move(s));
    }
  return trial;
}

}  // namespace qdose::testing
