// Which classes a trial can follow, as far as its route tells, and which are the same equations.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "qdose/data/trial.hpp"
#include "qdose/models/catalogue.hpp"

namespace qdose {

/// By class of the role's catalogue. PK: extravascular doses need a class with absorption; doses into the
/// observed compartment need one without, and boluses none with an infusion time; a duration to be estimated
/// (RATE -2) needs one with it; an unknown route excludes nothing. PD: all.
std::vector<bool> possible_classes(Role role, const Trial& trial);

/// The other ids with the same equations and parameters (a split of one model by its parameters' order, such
/// as absorption faster or slower than elimination).
std::vector<std::string> same_equations(std::string_view id);

/// The same for one trial: where its infusions have known durations, a class with a modelled infusion time is
/// also the one that has all its other parameters.
std::vector<std::string> same_equations(std::string_view id, const Trial& trial);

std::span<const ModelInfo> models_of(Role role);

}  // namespace qdose
