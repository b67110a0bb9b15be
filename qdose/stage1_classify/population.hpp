// A population of one class drawn from priors that are scaled to a trial, and individuals of it.
#pragma once
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/results/population_model.hpp"
#include "qdose/simulate/priors.hpp"
#include "qdose/stage1_classify/virtual_trials.hpp"

namespace qdose {

struct Population {
  const ModelInfo* model;
  PriorDraw draw;

  Population(const ModelInfo& m, const TrialScales& scales, Stream& stream)
      : model(&m), draw(draw_prior(m, scales, stream)) {}
  /// Eight individuals.
  ClassParameters individuals(Stream& stream) const {
    ClassParameters p{model, std::vector<Lanes>(model->parameters.size())};
    for (std::size_t i = 0; i < p.values.size(); ++i)
      for (double& x : p.values[i].v)
        x = to_natural(model->parameters[i].scale, draw.typical[i] + draw.omega[i] * stream.normal());
    return p;
  }
  ResidualError error() const { return {draw.proportional, draw.additive}; }
};

/// One lane's parameters on their unbounded scales.
inline std::vector<double> unbounded_lane(const ClassParameters& p, std::size_t lane) {
  std::vector<double> x(p.values.size());
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = to_unbounded(p.model->parameters[i].scale, p.values[i][lane]);
  return x;
}

}  // namespace qdose
