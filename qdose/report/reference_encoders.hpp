// The reference report's tables about its encoders, beside ours.
#pragma once
#include <string>
#include <vector>

#include "qdose/results/evaluation.hpp"

namespace qdose {

/// Its table 4: test accuracy and squared error, beside encoders for its priors.
std::string reference_tests(const std::vector<Evaluation>& encoders);

/// Its table 3: five configurations, beside evaluations whose encoder carries one of their names.
std::string reference_sweep(const std::vector<Evaluation>& encoders);

}  // namespace qdose
