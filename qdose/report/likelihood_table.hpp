// Stage 1's second opinion: the classes fitted to all subjects and compared by likelihood, next to the
// encoder's view.
#pragma once
#include <string>

#include "qdose/results/selection.hpp"

namespace qdose {

/// How the class was chosen, in a sentence: by both, by one against the other, or by the user. Empty when not
/// recorded.
std::string choice_words(const ClassPosterior& role);

/// One row a class that was fitted, best first, with the encoder's probability beside it; empty when none
/// was.
std::string likelihood_table(const ClassPosterior& role);

}  // namespace qdose
