// One kind of observation (PK or PD) of all subjects, eight at a time, and the log likelihood of individual
// parameters.
#pragma once
#include <string_view>
#include <vector>

#include "qdose/data/trial.hpp"
#include "qdose/models/catalogue.hpp"
#include "qdose/simulate/plan.hpp"

namespace qdose {

/// Residual error: sd^2 = (proportional f)^2 + additive^2.
struct Residual {
  double proportional = 0.2, additive = 0.0;
};

/// Eight subjects (fewer in the last batch) with their plan and values of one role. `lane_used[l]`: lane l is
/// a subject.
struct RoleBatch {
  BatchPlan plan;
  std::vector<std::size_t> subject;      ///< index in Trial::subjects, by lane
  std::vector<Lanes> observed, present;  ///< [values]; present is 1 where a lane has the value, else 0
  std::vector<Lanes> limit;              ///< [values]; positive where all that is known is a value below it
  std::vector<Lanes> concentration;      ///< PD only: concentrations at all points, held fixed
};

/// Batches of all subjects that have values of the role. For PK, subjects without doses are left out (their
/// concentration is zero whatever the parameters), and so are values up to the first dose and those that are
/// not positive without being flagged as below a limit.
std::vector<RoleBatch> pk_batches(const Trial& trial, std::string_view pk_class);
/// For a PD class, `pk_parameters[subject]` (natural scale) sets the concentrations.
std::vector<RoleBatch> pd_batches(const Trial& trial, std::string_view pk_class, std::string_view pd_class,
                                  const std::vector<std::vector<double>>& pk_parameters);

/// Natural values of unbounded parameters, and the derivative.
void natural_values(const ModelInfo& model, const std::vector<Lanes>& unbounded, std::vector<Lanes>& natural,
                    std::vector<Lanes>& slope);

/// Log likelihood of each lane at its unbounded parameters [parameters]; adds its gradient when `gradient` is
/// given. Non-finite where arithmetic failed. `predicted` (optional) receives the fitted values.
Lanes log_likelihood(const ModelInfo& model, RoleBatch& batch, const std::vector<Lanes>& unbounded,
                     const Residual& residual, Workspace& workspace, std::vector<Lanes>* gradient,
                     std::vector<Lanes>* predicted = nullptr);

}  // namespace qdose
