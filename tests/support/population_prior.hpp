// Populations and their individuals drawn from the prior.
#pragma once
#include <cmath>
#include <vector>

#include "qdose/base/random.hpp"
#include "qdose/stage2_population/population_problem.hpp"

namespace qdose::testing {

/// Everything from the prior, reported coordinates; population values within `width` times their priors.
inline std::vector<double> prior_draw(const PopulationProblem& problem, double width, Stream& random) {
  const Layout& layout = problem.layout;
  const PopulationPriors& priors = problem.structure.priors;
  const auto& effects = problem.structure.model.effects;
  std::vector<double> x(layout.dimension);
  const auto draw = [&](std::ptrdiff_t place, const Normal& prior) {
    if (place != absent) x[static_cast<std::size_t>(place)] = prior.mean + width * prior.sd * random.normal();
  };
  for (std::size_t p = 0; p < layout.typical.size(); ++p) {
    draw(layout.typical[p], priors.typical[p]);
    draw(layout.log_omega[p], priors.log_omega[p]);
  }
  for (std::size_t e = 0; e < effects.size(); ++e)
    draw(static_cast<std::ptrdiff_t>(layout.beta[e]), priors.beta[e]);
  for (const ProblemBatch& batch : problem.batches)
    for (std::size_t p = 0; p < layout.typical.size(); ++p)
      for (std::size_t l = 0; l < batch.data.subject.size(); ++l) {
        if (batch.individual[p].v[l] == absent) continue;
        double phi = x[static_cast<std::size_t>(layout.typical[p])];
        for (std::size_t e = 0; e < effects.size(); ++e)
          if (effects[e].parameter == p) phi += x[layout.beta[e]] * batch.inputs[e][l];
        phi += std::exp(x[static_cast<std::size_t>(layout.log_omega[p])]) * random.normal();
        x[static_cast<std::size_t>(batch.individual[p].v[l])] = phi;
      }
  return x;
}

}  // namespace qdose::testing
