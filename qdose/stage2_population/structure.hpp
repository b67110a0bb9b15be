// The statistical model that Stage 2 fits to a trial: parameters, covariate effects and their priors.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "qdose/base/result.hpp"
#include "qdose/data/trial.hpp"
#include "qdose/results/population_model.hpp"
#include "qdose/stage2_population/fit_settings.hpp"

namespace qdose {

/// Where a parameter lies in this trial: typical value on the natural scale, and how sure that is (sd of the
/// prior on the unbounded scale).
struct StartingValue {
  double typical = 1.0;
  double sd = 1.0;
};

/// By symbol. A parameter that is missing starts in the middle of the range of the report, with sd 1.5; what
/// the report holds constant (Imax = 1) has a prior of its own, logit N(1.5, 1.2).
using StartingScales = std::map<std::string, StartingValue>;

struct Normal {
  double mean = 0, sd = 1;
};

/// Priors, all normal on the scale that is sampled.
struct PopulationPriors {
  std::vector<Normal> typical;    ///< by parameter, unbounded scale
  std::vector<Normal> beta;       ///< by effect
  std::vector<Normal> log_omega;  ///< by parameter
  Normal log_pk_proportional, log_pk_additive, log_pd_proportional, log_pd_additive;
};

struct PopulationStructure {
  PopulationModel model;
  PopulationPriors priors;
};

/// The model for a trial. `pd_id` may be empty: PK only. Covariates that are constant in the trial, or
/// continuous with values that are not positive, have no effects. Fault::bad_usage when an id is unknown or
/// of the other role, and for unknown words of the settings.
Result<PopulationStructure> make_structure(const Trial& trial, std::string_view pk_id, std::string_view pd_id,
                                           const FitSettings& settings, const StartingScales& scales);

}  // namespace qdose
