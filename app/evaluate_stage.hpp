// The evaluation of an encoder as a command sees it.
#pragma once
#include <string>

#include "app/context.hpp"
#include "qdose/models/definition.hpp"
#include "qdose/results/evaluation.hpp"

namespace qdose {

struct EvaluateSettings {
  std::string priors = "general", encoder, trial;
  int count = 10000;
  bool bayes = false;
  int bayes_count = 1000, check = 0;

  template <class Visitor>
  void visit(Visitor&& v) {
    v("priors", priors, "what is told apart: general, report, report-as-published, or trial (needs trial)");
    v("count", count, "fresh subjects to test on (1-100000000)");
    v("encoder", encoder, "file of the encoder; empty: the one shipped for these priors");
    v("trial", trial,
      "trial file: its design and scales make the problem (--priors trial), or its subjects are named too, "
      "shown on the report's grid (--priors report and report-as-published)");
    v("bayes", bayes, "also the Bayes classifier, the best that is possible");
    v("check", check,
      "whole trials of each kind on which the check for models outside the list is tried, for general and "
      "trial (0: none)");
    v("bayes_count", bayes_count, "subjects that the Bayes classifier looks at, at most count");
  }
};

/// Tests the encoder; `seed` and Purpose::test make the samples. Faults: unknown priors, no such encoder,
/// numbers out of range, priors for which there is no exact classifier, interrupted.
Result<Evaluation> evaluate_stage(Role role, const EvaluateSettings& settings, const Context& context);

/// The scores for a terminal.
std::string evaluation_text(const Evaluation& evaluation);

}  // namespace qdose
