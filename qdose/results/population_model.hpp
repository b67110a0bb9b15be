// The statistical model of a population: which parameters there are, which vary, which covariate acts on
// which.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "qdose/models/definition.hpp"

namespace qdose {

/// Natural value -> unbounded value on which parameters are normal, and back.
double to_unbounded(Scale scale, double value);
double to_natural(Scale scale, double unbounded);

struct PopulationParameter {
  std::string name;  ///< symbol of the class, for example CL
  std::string unit;
  Scale scale = Scale::log;
  bool is_pk = true;
  bool fixed = false;  ///< held at `value` for everybody
  double value = 0;    ///< natural scale, when fixed
  bool varies = true;  ///< between subjects
};

/// Covariate `covariate` (index in `covariates`) moves parameter `parameter`: for a continuous covariate the
/// unbounded parameter gets beta * log(x / reference), for a categorical one beta * [x == level].
struct CovariateEffect {
  std::size_t covariate = 0, parameter = 0;
  double level = 0;  ///< categorical only
  std::string name;  ///< for example BW_on_CL, COMED_on_R0
};

struct PopulationCovariate {
  std::string name;
  bool categorical = false;
  double reference = 0, smallest = 0, largest = 0;
  std::vector<double> levels;  ///< categorical: all levels, the reference included
};

/// Residual error: sd^2 = (proportional f)^2 + additive^2, one of the two alone, or normal on the logarithmic
/// scale with sd `proportional`.
enum class ErrorKind { combined, proportional, additive, log_normal };
const char* name_of(ErrorKind kind);
/// The kind of that name; false when there is none.
bool error_kind(const std::string& name, ErrorKind& kind);

/// Structure shared by Stage 2, Stage 3 and the dose search.
struct PopulationModel {
  std::string pk_class, pd_class;
  std::vector<PopulationParameter> parameters;  ///< PK parameters in their table's order, then the PD ones
  std::vector<PopulationCovariate> covariates;
  std::vector<CovariateEffect> effects;
  ErrorKind pk_error = ErrorKind::combined, pd_error = ErrorKind::combined;
  bool correlated = false;  ///< random effects: a full omega, or independent ones
};

/// What multiplies an effect's beta for a subject with these covariates (in the order of model.covariates).
double effect_input(const PopulationModel& model, const CovariateEffect& effect,
                    const std::vector<double>& covariates);

/// One draw of everything that describes the population. Vectors follow PopulationModel: `typical` and
/// `omega` by parameter (unbounded scale; omega 0 where it does not vary), `beta` by effect; `correlation` of
/// the random effects by effect_pairs(model), empty when they are independent.
struct PopulationDraw {
  std::vector<double> typical, omega, beta;
  double pk_proportional = 0, pk_additive = 0, pd_proportional = 0, pd_additive = 0;
  std::vector<double> correlation = {};
};

/// Unbounded individual parameters without random effects: typical + sum of covariate effects.
std::vector<double> covariate_mean(const PopulationModel& model, const PopulationDraw& draw,
                                   const std::vector<double>& covariates);

}  // namespace qdose
