// The two verdicts on a trial's class, the encoder's and the likelihood's, made one.
#pragma once
#include <string>
#include <vector>

#include "qdose/results/selection.hpp"

namespace qdose {

/// Settles `posterior.model` and `selected_by`: the class that the user wants, if any; else the class with
/// the largest sum of the encoder's log probability and the likelihood's, -BIC/2, among those that were
/// fitted. The encoder's log odds count up to 5 (BIC: 10, "very strong" by Kass & Raftery 1995, J Am Stat
/// Assoc 90:773), since it may err with confidence on a trial unlike those it was trained on. The two see the
/// same data, so the sum orders classes but is no probability. Expects `posterior.likelihood` best first.
/// Where the verdicts differ, `notes` gets a sentence; `role` is its subject ("PK").
void decide_class(ClassPosterior& posterior, const std::string& wanted, const char* role,
                  std::vector<std::string>& notes);

}  // namespace qdose
