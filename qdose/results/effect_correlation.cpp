#include "qdose/results/effect_correlation.hpp"

#include <algorithm>
#include <cmath>

namespace qdose {
namespace {

std::vector<std::size_t> varying(const PopulationModel& model) {
  std::vector<std::size_t> list;
  for (std::size_t p = 0; p < model.parameters.size(); ++p)
    if (model.parameters[p].varies && !model.parameters[p].fixed) list.push_back(p);
  return list;
}

}  // namespace

std::vector<EffectPair> effect_pairs(const PopulationModel& model) {
  std::vector<EffectPair> pairs;
  if (!model.correlated) return pairs;
  const std::vector<std::size_t> list = varying(model);
  for (std::size_t i = 1; i < list.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) pairs.push_back({list[i], list[j]});
  return pairs;
}

std::string name_of(const PopulationModel& model, const EffectPair& pair) {
  return "corr_" + model.parameters[pair.row].name + '_' + model.parameters[pair.column].name;
}

void correlate(const PopulationModel& model, const PopulationDraw& draw, std::vector<double>& z) {
  if (draw.correlation.empty()) return;
  const std::vector<std::size_t> list = varying(model);
  const std::size_t n = list.size();
  std::vector<double> root(n * n), effects(n);  // Cholesky factor, row by row
  std::size_t next = 0;
  for (std::size_t i = 0; i < n; ++i) {
    double diagonal = 1;
    for (std::size_t j = 0; j < i; ++j) {
      double rest = draw.correlation[next++];
      for (std::size_t k = 0; k < j; ++k) rest -= root[i * n + k] * root[j * n + k];
      root[i * n + j] = rest / root[j * n + j];
      diagonal -= root[i * n + j] * root[i * n + j];
      effects[i] += root[i * n + j] * z[list[j]];
    }
    root[i * n + i] = std::sqrt(std::max(diagonal, 1e-12));
    effects[i] += root[i * n + i] * z[list[i]];
  }
  for (std::size_t i = 0; i < n; ++i) z[list[i]] = effects[i];
}

}  // namespace qdose
