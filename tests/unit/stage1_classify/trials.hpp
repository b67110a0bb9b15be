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

}  // namespace qdose::test
