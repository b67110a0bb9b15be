// Posterior of everything that describes the population, by the names that users know.
#pragma once
#include <string>
#include <vector>

#include "qdose/results/fit.hpp"
#include "qdose/stage2_population/diagnostics.hpp"
#include "qdose/stage2_population/posterior.hpp"

namespace qdose {

/// A reported quantity's draws on the natural scale.
struct Quantity {
  std::string name;
  QuantityPrior prior;
  ChainDraws draws;
};

/// Typical values (CL), variabilities (omega_CL, on the unbounded scale), covariate effects (BW_on_CL),
/// residual errors (sigma_pk_prop, sigma_pk_add, sigma_pd_prop, sigma_pd_add), and what follows: kin = R0
/// kout of turnover classes.
std::vector<Quantity> reported_quantities(const Posterior& posterior);

ParameterSummary summarise(const Quantity& quantity);

}  // namespace qdose
