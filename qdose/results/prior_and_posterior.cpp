#include "qdose/results/prior_and_posterior.hpp"

namespace qdose {

double on_prior_scale(const QuantityPrior& prior, double natural) {
  if (prior.scale == "log") return std::log(natural);
  return prior.scale == "logit" ? std::log(natural / (1 - natural)) : natural;
}

double from_prior_scale(const QuantityPrior& prior, double x) {
  if (prior.scale == "log") return std::exp(x);
  return prior.scale == "logit" ? 1 / (1 + std::exp(-x)) : x;
}

double natural_slope(const QuantityPrior& prior, double x) {
  const double natural = from_prior_scale(prior, x);
  if (prior.scale == "log") return natural;
  return prior.scale == "logit" ? natural * (1 - natural) : 1;
}

std::optional<PriorUpdate> update_of(const ParameterSummary& parameter,
                                     const std::vector<std::vector<double>>& draws) {
  if (parameter.prior.scale.empty()) return {};
  PriorUpdate update{0, 0, parameter.prior.mean, parameter.prior.sd};
  double count = 0, squares = 0;
  for (const auto& chain : draws)
    for (const double natural : chain) {
      const double x = on_prior_scale(parameter.prior, natural), before = x - update.mean;
      update.mean += before / ++count;
      squares += before * (x - update.mean);
    }
  if (count < 2) return {};
  update.sd = std::sqrt(squares / (count - 1));
  return update;
}

}  // namespace qdose
