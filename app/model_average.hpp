// Other pairs of classes that the trial supports: their fits, for the dose search to average over.
#pragma once
#include <string>
#include <vector>

#include "app/context.hpp"
#include "qdose/data/trial.hpp"
#include "qdose/results/fit.hpp"
#include "qdose/results/selection.hpp"

namespace qdose {

/// A pair with its share among the supported ones.
struct SupportedPair {
  std::string pk, pd;
  double weight = 0;
};

/// The pair that was fitted, and those whose likelihood probability (PK times PD, classes with the same
/// equations counted once) is at least a twentieth of all; at most four, best first, the fitted one always.
/// Classes that the user named have no others.
std::vector<SupportedPair> supported_pairs(const Selection& selection, const Fit& fitted);

/// Fits of the pairs beside `fitted`, in the folder "alternatives/PK+PD" of the output: those that are there
/// for this trial are read, others are made by the default settings of `qdose fit`. A pair that cannot be
/// fitted is left out, with a note.
std::vector<Fit> alternative_fits(const Trial& trial, const Selection& selection, const Fit& fitted,
                                  const std::vector<SupportedPair>& pairs, const Context& context,
                                  std::vector<std::string>& notes);

}  // namespace qdose
