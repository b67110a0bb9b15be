#include "qdose/dosing/population_source.hpp"

#include <algorithm>

#include "qdose/base/expects.hpp"

namespace qdose {

PopulationSource posterior_source(const Fit& fit, std::size_t replicates) {
  expects(!fit.draws.empty(), "a fit with draws");
  const std::size_t count = std::min(replicates, fit.draws.size());
  const auto draw_of = [&fit, count](std::size_t replicate) -> const PopulationDraw& {
    return fit.draws[replicate * fit.draws.size() / count];
  };
  const auto individual = [&fit, draw_of](std::size_t replicate, std::span<const double> covariates,
                                          Stream& stream) {
    const PopulationDraw& draw = draw_of(replicate);
    std::vector<double> parameters =
        covariate_mean(fit.model, draw, std::vector<double>(covariates.begin(), covariates.end()));
    for (std::size_t p = 0; p < parameters.size(); ++p) {
      const PopulationParameter& parameter = fit.model.parameters[p];
      const double z = stream.normal();
      parameters[p] =
          parameter.fixed ? parameter.value : to_natural(parameter.scale, parameters[p] + draw.omega[p] * z);
    }
    return parameters;
  };
  const auto residual = [draw_of](std::size_t replicate) {
    return ResidualError{draw_of(replicate).pd_proportional, draw_of(replicate).pd_additive};
  };
  return {"posterior", count, individual, residual};
}

}  // namespace qdose
