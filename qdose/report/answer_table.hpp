// The table of all dose answers, and what a smaller share of the population changes.
#pragma once
#include <string>

#include "qdose/results/doses.hpp"

namespace qdose {

/// One row a question, both sources side by side; `doses` has answers.
std::string answer_table(const Doses& doses);

/// The differences between targets, both sources side by side; empty when every population has one target
/// only.
std::string target_steps_table(const Doses& doses);

}  // namespace qdose
