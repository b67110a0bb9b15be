// Every method on the reference report's problem, scored on people it never saw.
#pragma once
#include "qdose/base/progress.hpp"
#include "qdose/base/result.hpp"
#include "qdose/results/kernel.hpp"
#include "qdose/stage3_covariates/cohort.hpp"
#include "qdose/stage3_covariates/settings.hpp"

namespace qdose {

/// The problem that `qdose kernel evaluate` poses.
struct EvaluationSettings {
  std::string cohort = "report";
  std::string protocol = "tuned";
  int subjects = 100, test = 20000;
  int repeats = 1;
  double shots = 0;
  double depolarising = 0;

  template <class Visitor>
  void visit(Visitor&& v) {
    v("cohort", cohort, "report: body weight and co-medication, seven parameters");
    v("protocol", protocol,
      "tuned: every method tuned alike; report: its circuit, SVR with C 10 and epsilon 0.1");
    v("subjects", subjects, "people to train on (20-10000000)");
    v("test", test, "fresh people to test with (2-1000000)");
    v("repeats", repeats, "cohorts drawn anew: seed, seed+1, ... (1-10000)");
    v("shots", shots, "also measure the kernel with so many shots a pair (0: not)");
    v("depolarising", depolarising, "chance of losing the state in one pass through the circuit (0-0.99)");
  }
};

/// Trains every method on fresh cohorts and scores it on the natural scale (means of log-normal predictions).
/// Baselines are those of `make_methods` and `report`: the report's circuit with its epsilon-SVR (up to
/// 20,000 people).
///  - Map, bandwidth, penalty and level are chosen on the first 10,000 people; the chosen regressions are
///  trained on
///    all, from sums over people, so that a million fit into memory.
///  - With several repeats the figures are means over cohorts, and `comparisons` has paired intervals.
/// Errors: settings out of range, an unknown word, an interrupt.
Result<KernelResult> evaluate_cohort(const EvaluationSettings& problem, const KernelSettings& settings,
                                     Progress& progress);

}  // namespace qdose
