// A Fit made from a population whose truth is known: what Stage 2 would say of it if its posteriors were
// normal.
#pragma once
#include <cmath>
#include <functional>

#include "qdose/base/random.hpp"
#include "qdose/results/fit.hpp"

namespace qdose::testing {

struct KnownPopulation {
  std::size_t subjects = 48;
  std::uint64_t seed = 1;
  double omega = 0.25;
  double noise = 0.1;      ///< sd of what a subject's own data say
  double correlation = 0;  ///< between CL and V
  /// True mean of log CL and of log R0 given body weight and co-medication; V and IC50 have none.
  std::function<double(double weight, double comedication)> cl = [](double w, double) {
    return std::log(0.15) + 0.75 * std::log(w / 70);
  };
  std::function<double(double weight, double comedication)> r0 = [](double, double c) {
    return std::log(15.0) - 0.4 * c;
  };
};

/// Parameters CL V KA (PK), R0 IC50 (PD) and Imax (fixed). Every fourth subject is on placebo: its data say
/// nothing of PK, and only three subjects say anything of KA. Stage 2 assumed no covariate effect at all.
inline Fit make_fit(const KnownPopulation& truth) {
  Fit fit;
  const auto add = [&](const char* name, bool pk, bool fixed) {
    fit.model.parameters.push_back({name, "", Scale::log, pk, fixed, 1, !fixed});
  };
  add("CL", true, false), add("V", true, false), add("KA", true, false);
  add("R0", false, false), add("IC50", false, false), add("Imax", false, true);
  fit.model.covariates = {{"BW", false, 70, 50, 100, {}}, {"COMED", true, 0, 0, 1, {0, 1}}};
  PopulationDraw draw;
  draw.typical = {std::log(0.15), std::log(8.0), 0, std::log(15.0), 0, 0};
  draw.omega = {truth.omega, truth.omega, truth.omega, truth.omega, truth.omega, 0};
  fit.draws.assign(40, draw);

  for (std::size_t i = 0; i < truth.subjects; ++i) {
    Stream stream(truth.seed, Purpose::property_test, i);
    const double weight = stream.uniform(50, 100), comedication = stream.uniform() < 0.5 ? 1 : 0;
    const double z = stream.normal(), other = stream.normal();
    const std::vector<double> mean{truth.cl(weight, comedication), draw.typical[1], 0,
                                   truth.r0(weight, comedication), 0};
    const std::vector<double> deviation{
        z, truth.correlation * z + std::sqrt(1 - truth.correlation * truth.correlation) * other,
        stream.normal(), stream.normal(), stream.normal()};
    IndividualEstimate individual;
    individual.id = std::to_string(i + 1);
    individual.covariates = {weight, comedication};
    for (std::size_t p = 0; p < 5; ++p) {
      const double own = mean[p] + truth.omega * deviation[p] + truth.noise * stream.normal();
      const bool informed = p == 2 ? i < 3 : p < 2 ? i % 4 != 0 : true;
      const double prior = 1 / (truth.omega * truth.omega),
                   data = informed ? 1 / (truth.noise * truth.noise) : 0;
      individual.mean.push_back((prior * draw.typical[p] + data * own) / (prior + data));
      individual.sd.push_back(std::sqrt(1 / (prior + data)));
    }
    individual.mean.push_back(0), individual.sd.push_back(0);
    fit.individuals.push_back(individual);
  }
  return fit;
}

}  // namespace qdose::testing
