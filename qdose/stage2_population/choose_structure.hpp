// Which parameters vary between subjects and which covariates act: what the data speak against is left out.
#pragma once
#include "qdose/results/fit.hpp"
#include "qdose/stage2_population/pilot.hpp"

namespace qdose {

struct StructureChoice {
  Inclusion inclusion;  ///< of the pilot's structure
  std::vector<VariabilityChoice> variabilities;
  std::vector<EffectChoice> effects;
};

/// By Bayes factors of the pilot's normal picture, one at a time, the least supported first: a random effect
/// (omega under its prior against omega = 0), then a covariate effect (beta under its prior against beta = 0,
/// Savage-Dickey), is left out when its posterior probability, from even odds, is below `drop_below`. What
/// the data do not decide stays in, with its uncertainty. At least one parameter goes on varying.
StructureChoice choose_structure(const Pilot& pilot, double drop_below);

/// The choice that leaves everything in.
StructureChoice keep_all(const Pilot& pilot);

/// What a fitted model has of a structure.
Inclusion inclusion_of(const PopulationStructure& structure, const PopulationModel& model);

/// The structure without what the choice left out.
PopulationStructure reduced(const PopulationStructure& structure, const Inclusion& inclusion);

}  // namespace qdose
