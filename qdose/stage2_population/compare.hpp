// All classes that the route allows, fitted and ranked: what the likelihood says of the choice that Stage 1
// made.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "qdose/base/progress.hpp"
#include "qdose/data/trial.hpp"
#include "qdose/results/comparison.hpp"
#include "qdose/stage2_population/laplace.hpp"

namespace qdose {

/// Typical values (natural scale) from which a class's fit may start; at least one.
using StartValues = std::function<std::vector<std::vector<double>>(const ModelInfo&)>;

/// True when the route of the trial admits the class: extravascular doses need a class with absorption, doses
/// into the observed compartment one without, infusions one that can take them.
bool route_admits(Route route, const ModelInfo& pk_class);

/// Fits every admitted PK class, then every PD class with the concentrations of the best PK class, each by
/// Laplace's approximation on `threads` threads. A trial without values of a role leaves that list empty.
/// With `only_pd` that is the one PD class fitted, the same as among all.
ClassComparison compare_classes(const Trial& trial, const StartValues& starts, int threads,
                                Progress& progress, std::string_view only_pd = "");

}  // namespace qdose
