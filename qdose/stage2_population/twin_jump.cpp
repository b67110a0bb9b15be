// Subjects' jumps between two solutions with the same concentrations: part of PopulationDensity.
#include <cmath>

#include "qdose/models/catalogue.hpp"
#include "qdose/simulate/lane_memory.hpp"
#include "qdose/stage2_population/population_density.hpp"

namespace qdose {

using QDOSE_ISA::store;

bool PopulationDensity::jump(std::span<double> x, Stream& random) {
  const ModelInfo* model = find_model(problem_->structure.model.pk_class);
  if (model == nullptr || model->twin == nullptr || !correlation_.empty()) return false;
  std::vector<double> unused(dimension());
  prior(x, unused);
  std::vector<Lanes> means(model->parameters.size());
  bool changed = false;
  for (std::size_t b = 0; b < problem_->batches.size(); ++b) {
    if (!set_individuals(b, x)) return changed;
    for (std::size_t p = 0; p < means.size(); ++p) store(means[p], lane_means(problem_->batches[b], p, x));
    for (std::size_t l = 0; l < problem_->batches[b].data.subject.size(); ++l)
      changed = jump_one(*model, b, l, means, x, random) || changed;
  }
  return changed;
}

/// Of the subject in lane l, whose natural parameters are set.
bool PopulationDensity::jump_one(const ModelInfo& model, std::size_t b, std::size_t l,
                                 const std::vector<Lanes>& means, std::span<double> x, Stream& random) const {
  constexpr std::size_t most_parameters = 16;
  constexpr double same = 1e-12;
  double own[most_parameters], other[most_parameters], log_ratio = 0, moves[most_parameters];
  for (std::size_t p = 0; p < means.size(); ++p) own[p] = evaluation_.natural[p].v[l];
  if (!model.twin(own, other, &log_ratio)) return false;
  for (std::size_t p = 0; p < means.size(); ++p) {
    const Individual& individual = individuals_[b][p];
    const double move = std::log(other[p] / own[p]);
    moves[p] = 0;
    if (std::abs(move) < same) continue;
    if (problem_->layout.log_omega[p] == absent || individual.sampled.v[l] == 0) return false;
    const double deviation = std::log(own[p]) - means[p].v[l], scale = 1 / (omega_[p] * omega_[p]);
    log_ratio -= 0.5 * scale * move * (2 * deviation + move);
    moves[p] = move / (omega_[p] * individual.shrink.v[l]);  // d phi / d x = omega^(1 - w)
  }
  if (!(std::log(random.uniform()) < log_ratio)) return false;
  for (std::size_t p = 0; p < means.size(); ++p)
    if (moves[p] != 0) x[individuals_[b][p].place[l]] += moves[p];
  return true;
}

}  // namespace qdose
