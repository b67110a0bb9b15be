// Small trials for the tests of Stage 1.
#pragma once
#include <string>

#include "qdose/simulate/virtual_trial.hpp"

namespace qdose::test {

/// A simulated trial with three treated arms and placebo.
inline Trial simulated(const std::string& pk, const std::string& pd, int subjects_an_arm,
                       std::uint64_t seed) {
  VirtualTrialSettings settings;
  settings.pk = pk;
  settings.pd = pd;
  settings.subjects = subjects_an_arm;
  const auto design = design_of(settings);
  const auto truth = truth_of(settings);
  return simulate_trial(*design, *truth, seed)->trial;
}

/// Factors by which the units of a trial change.
struct Units {
  double time = 1, amount = 1, concentration = 1, response = 1;
};

inline Trial in_units(Trial trial, const Units& u) {
  for (Subject& s : trial.subjects) {
    for (Dose& d : s.doses) d = {d.time * u.time, d.amount * u.amount, d.duration * u.time};
    for (Observation& o : s.concentrations) o = {o.time * u.time, o.value * u.concentration, o.line};
    for (Observation& o : s.responses) o = {o.time * u.time, o.value * u.response, o.line};
  }
  return trial;
}

}  // namespace qdose::test
