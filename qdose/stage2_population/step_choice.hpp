// The step size with a wanted acceptance, read off all steps that were tried and what each one gave.
#pragma once
#include <vector>

namespace qdose {

/// What transitions with these steps were accepted with.
struct TriedSteps {
  std::vector<double> step, acceptance;

  template <class Archive>
  void exchange(Archive& archive) {
    archive(step);
    archive(acceptance);
  }
};

/// The step whose mean acceptance is `target`, by the law acceptance = 2 Phi(-c step^2 / 2) of many
/// dimensions (Beskos et al. 2013, "Optimal tuning of the hybrid Monte Carlo algorithm", Bernoulli 19), with
/// c from the steps tried near the answer. `start`, above 0, is what dual averaging says: the
/// answer lies within a factor of two of it, and is it when nothing was tried. Dual averaging's own answer,
/// the mean log step, accepts more than asked for: its steps scatter widely, and acceptance is a concave
/// function of the log step there.
double step_for_acceptance(const TriedSteps& tried, double target, double start);

}  // namespace qdose
