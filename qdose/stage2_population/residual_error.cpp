#include "qdose/stage2_population/residual_error.hpp"

#include "qdose/simulate/array_kernels.hpp"

namespace qdose {

ErrorGradient residual_likelihood(const Observed& observed, const ErrorModel& error, std::span<const Lanes> f,
                                  std::span<Lanes> adjoint) {
  const GroupedValues values{observed.count.size(), observed.count.data(), observed.mean.data(),
                             observed.spread.data(), observed.repeated};
  const NormalLikelihood result =
      array_kernels().normal_likelihood(values, error.proportional, error.additive, f.data(), adjoint.data());
  return {result.log_likelihood, result.log_proportional, result.log_additive};
}

}  // namespace qdose
