// Correlated random effects: how a population draw's correlation is kept, named and used.
#pragma once
#include <string>
#include <vector>

#include "qdose/results/population_model.hpp"

namespace qdose {

/// Two parameters whose random effects are correlated, by their indices in PopulationModel::parameters; `row`
/// comes after `column`.
struct EffectPair {
  std::size_t row = 0, column = 0;
};

/// The pairs in the order of PopulationDraw::correlation: below the diagonal, row by row, over the parameters
/// that vary. None when the model holds random effects independent.
std::vector<EffectPair> effect_pairs(const PopulationModel& model);

/// corr_V_CL: the later parameter of the table first, as the row of a lower triangle.
std::string name_of(const PopulationModel& model, const EffectPair& pair);

/// Turns independent standard normal numbers, one a parameter, into random effects in units of their omegas:
/// z becomes L z, with L L' the draw's correlation. Parameters that do not vary keep theirs, as do all where
/// the draw has no correlation.
void correlate(const PopulationModel& model, const PopulationDraw& draw, std::vector<double>& z);

}  // namespace qdose
