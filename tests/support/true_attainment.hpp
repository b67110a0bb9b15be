// The right answer to a dosing question about a virtual trial: by brute force, from its truth.
#pragma once
#include <cmath>
#include <numbers>
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/simulate/plan.hpp"
#include "qdose/simulate/virtual_trial.hpp"

namespace qdose {

struct DosingQuestion {
  double threshold = 0;
  bool keep_below = true;
  double interval = 24;
  double weight_low = 50, weight_high = 100;
  double comedication = 0.5;  ///< share of the population
};

/// Share of `subjects` (a multiple of 8) drawn from the truth whose response keeps to the threshold through a
/// dosing interval at steady state. The same seed draws the same subjects for every dose.
inline double true_attainment(const TrialTruth& truth, double reference_weight,
                              const DosingQuestion& question, double dose, std::size_t subjects,
                              std::uint64_t seed) {
  std::vector<double> times;
  for (int i = 1; i <= 24; ++i) times.push_back(question.interval * i / 24);
  const Resolution resolution{question.interval / 96, 0.25, question.interval / 24};
  const BatchPlan plan = make_steady_plan(all_lanes(dose), 0.0, question.interval, times, resolution);
  std::vector<Lanes> C(plan.pk.points.size()), R(plan.pd.responses.size()),
      parameters(truth.parameters.size());
  Workspace workspace;
  std::size_t kept = 0;
  for (std::size_t first = 0; first < subjects; first += lanes) {
    for (std::size_t l = 0; l < lanes; ++l) {
      Stream random(seed, Purpose::property_test, first + l);
      const double weight = random.uniform(question.weight_low, question.weight_high);
      const bool comedicated = random.uniform() < question.comedication;
      for (std::size_t i = 0; i < parameters.size(); ++i) {
        const TrueParameter& p = truth.parameters[i];
        double x = p.scale == Scale::log ? std::log(p.typical) : std::log(p.typical / (1 - p.typical));
        x += p.omega * random.normal();
        for (const TrueEffect& e : truth.effects)
          if (e.parameter == p.symbol)
            x += e.beta * (e.covariate == "BW" ? std::log(weight / reference_weight) : comedicated);
        parameters[i].v[l] = p.scale == Scale::log ? std::exp(x) : 1 / (1 + std::exp(-x));
      }
    }
    pk_kernels(truth.pk->about.id).concentrations(plan.pk, parameters.data(), workspace, C.data());
    pd_kernels(truth.pd->about.id)
        .responses(plan.pd, parameters.data() + truth.pk->parameters.size(), C.data(), workspace, R.data());
    for (std::size_t l = 0; l < lanes; ++l) {
      bool keeps = true;
      for (const Lanes& r : R)
        keeps = keeps && (question.keep_below ? r.v[l] < question.threshold : r.v[l] > question.threshold);
      kept += keeps;
    }
  }
  return static_cast<double>(kept) / static_cast<double>(subjects);
}

}  // namespace qdose
