#include "qdose/dosing/source.hpp"

#include <algorithm>

#include "qdose/base/expects.hpp"

namespace qdose {

PopulationSource posterior_source(const Fit& fit, std::size_t replicates) {
  expects(!fit.draws.empty(), "a fit has draws");
  const std::size_t used = std::min(replicates, fit.draws.size());
  return {"posterior", used,
          [&fit, used](std::size_t replicate, std::span<const double> covariates, Stream& stream) {
            const PopulationDraw& draw = fit.draws[replicate * fit.draws.size() / used];
            std::vector<double> x =
                covariate_mean(fit.model, draw, std::vector<double>(covariates.begin(), covariates.end()));
            for (std::size_t i = 0; i < x.size(); ++i) {
              const PopulationParameter& p = fit.model.parameters[i];
              const double eta = stream.normal();
              if (p.fixed)
                x[i] = p.value;
              else
                x[i] = to_natural(p.scale, x[i] + (p.varies ? draw.omega[i] * eta : 0.0));
            }
            return x;
          }};
}

}  // namespace qdose
